// Calls @clarify/api as it comes from npm. Reads {credentials, calls} from stdin, writes one
// answer per call. A call is [method, parameters], or a request for the client's own `perform`.

import http from 'node:http';
import {Client} from '@clarify/api';

let text = '';
for await (const chunk of process.stdin) {
  text += chunk;
}
const {credentials, calls} = JSON.parse(text);

const client = new Client(credentials);
// The client keeps its connections in an agent for https; the server under test speaks http.
client.agent = client.authenticator.agent = new http.Agent({keepAlive: true});

const answers = [];
for (const call of calls) {
  try {
    const result = Array.isArray(call)
      ? await client[call[0]](call[1])
      : await client.perform(`${credentials.apiUrl}rpc`, {}, call);
    answers.push({result});
  } catch ({name, type, code, message, data}) {
    answers.push({error: {name, type, code, message, data}});
  }
}
console.log(JSON.stringify(answers));
client.agent.destroy();
