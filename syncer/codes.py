"""Every diagnostic code and what `syncer explain` says about it."""

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    # YML: the text is not YAML as syncer reads it (scan, documents).
    # LIM: a limit was passed; the operator may raise it.
    # PTH: a path leaves the project or is not a plain file.
    # MAN: a manifest, or the project file, says something that cannot be.
    # FIL: a filter.
    # POL, SCH: policies.
    # CRD: credentials.
    "CRD-FILE": "The environment variable names a file of credentials that cannot be read. It"
    " holds Clarify's JSON credentials, or the path of a file with them.",
    "CRD-MISSING": "Credentials are needed that no environment variable holds: to read, those of"
    " an integration with the admin and clarify namespaces; to save signals, each integration's"
    " own. The message names the variable.",
    "CRD-MODE": "Other users of this machine can read the file of credentials: chmod 600.",
    "CRD-ORIGINS": "The credentials of one environment belong to different servers.",
    "CRD-FORMAT": (
        "The credentials are not what Clarify's admin panel hands out: a JSON object with apiUrl,"
        " integration and credentials (type, clientId, clientSecret), each once. The finding names"
        " the member and its place; the content is never shown. Download the file again."
    ),
    "CRD-ORIGIN": (
        "apiUrl in the credentials decides which host receives the secret, so it must be"
        " https://api.clarify.io, https://api.clarify.cloud, this machine, or an origin that the"
        " operator allows with --allow-origin or SYNCER_ALLOW_ORIGINS. Plain http is for loopback"
        " only; a user, a query or a fragment in the URL is refused."
    ),
    "CRD-HEADER": (
        "A client ID or secret holds a line break or another control character, which could forge"
        " a header. Nothing was sent. Look for a stray newline in the variable or file."
    ),
    "CRD-TOKEN": (
        "The token endpoint answered, but not with a usable token. A proxy or a login page in"
        " between is the usual reason. The answer is not shown because it may hold a token."
    ),
    "CRD-REFUSED": (
        "The API refused the credentials, twice where a token could be renewed. They may have been"
        " deleted or replaced: create new ones in Clarify's admin panel."
    ),
    "CRD-NAMESPACE": (
        "The credentials are valid but not allowed to do this. In Clarify's admin panel, tick the"
        " namespace that the hint names for the integration: admin to read signals and to publish,"
        " clarify to read items."
    ),
    "CRD-INTEGRATION": (
        "A save reaches only the integration's own signals, and these credentials belong to"
        " another integration. Nothing was sent. Check which variable names which credentials."
    ),
    # NET, API: the way to the API, and its answers.
    "NET-UNREACHABLE": (
        "No connection to the host could be made: its name does not resolve, nothing answers"
        " there, or a proxy refused. Nothing was sent. Proxies are used only when asked for."
    ),
    "NET-TLS": (
        "The host's certificate is not trusted, does not fit its name, or the host offers no TLS"
        " 1.2. Nothing was sent, and there is no flag to go on regardless."
    ),
    "NET-LOST": (
        "The connection broke after the request was sent and before an answer came. A read is"
        " tried again; whether a write was executed is found out by reading."
    ),
    "NET-DEADLINE": (
        "The answer was not complete in time: a call may take 60 seconds in all, however slowly"
        " the server sends, and a run may have a deadline too."
    ),
    "NET-REDIRECT": (
        "The host answered with a redirect. It is not followed, because the token, and after a 307"
        " the secret too, would go to another host. Correct apiUrl in the credentials."
    ),
    "NET-SIZE": "The answer is larger than 64 MiB, unpacked. It was not read to the end.",
    "API-VERSION": (
        "syncer speaks the API versions 1.1beta2, 1.1 and 1.2 with its pre-releases; older ones"
        " have other parameters and results."
    ),
    "API-REJECTED": (
        "The API refused the call and executed nothing. Its own words are quoted, with the"
        " parameters they are about."
    ),
    "API-TOO-LARGE": (
        "The API refused a request for its size and executed nothing; it is sent again in halves."
    ),
    "API-OVERSIZE": (
        "One resource alone is larger than a request may be (8 MiB). Shorten its description,"
        " labels, annotations or enum texts."
    ),
    "API-BUSY": (
        "The API asked to wait, again and again, or a write was throttled. Try again later, or"
        " lower SYNCER_SELECTS_PER_SECOND and SYNCER_WRITES_PER_SECOND."
    ),
    "API-FAILED": (
        "The API failed or answered with something unknown. Reads were tried again; a write may"
        " have been executed."
    ),
    "API-CONFLICT": "The API reports a conflict, so the resources are read before anything else.",
    "API-INVALID": (
        "The API finds a resource invalid. Others of the same request may have been written."
    ),
    "API-PARTIAL": (
        "The API executed only a part of a request. Which part is found out by reading every"
        " resource of it."
    ),
    "API-SHAPE": (
        "The API's answer is empty, broken off, no JSON-RPC 2.0, nested too deeply, or has a value"
        " of another kind than documented. A proxy or a login page in between is the usual reason."
    ),
    "API-DUP-MEMBER": (
        "The API's answer has the same member twice. Readers disagree about which one counts, so"
        " none does."
    ),
    "API-ID": "The answer carries another request's ID: it is late, or meant for somebody else.",
    "API-DRIFT": (
        "A listing did not add up, four times: its count, its pages and its IDs disagree, or it"
        " holds rows of another integration. A short listing must never pass for the world. Try"
        " again when nobody else is changing many resources."
    ),
    "API-PAGES": "A listing would take more than 10 000 pages, so it was not begun.",
    # PLN, APP: planning, and applying.
    "PLN-AMBIGUOUS": "Two declared items are one item in Clarify: both signals are linked to it, so"
    " both declarations would be written to the same place. Neither is touched. Keep one of them"
    " and name the other signal in its `signals`.",
    "PLN-CREATES": "The plan creates more resources of a kind in an integration than"
    " `guards.max_creates` allows. A create cannot be undone and may be billed, and a long list of"
    " creates often is a wrong ID or a bad column. Read the creates, then give --allow-creates N.",
    "PLN-EMPTY-LIVE": "More than ten signals are declared in an integration that answers with"
    " none. A new integration looks like this, and so does a wrong ID or a broken answer. Give"
    " --allow-empty if the integration really is new.",
    "PLN-FORMAT": "The file is not a plan as `syncer plan --out` writes it: cut off, edited into"
    " something else, or of a newer format. Nothing was sent. Make the plan again.",
    "PLN-INTEGRATION": "The manifests declare resources in an integration that the environment"
    " gives no ID. Add it to the environment in syncer.yaml, or leave it out with --exclude or the"
    " environment's `exclude`.",
    "PLN-LINK": "An item names a further signal that is not linked to it in Clarify. API 1.1"
    " cannot link a signal to an item that exists; Clarify's admin panel can.",
    "PLN-MEANING": "An item's unit, value type or enum texts differ from its signal's. Values are"
    " shown under the item's, and are not converted. `follow` keeps both equal.",
    "PLN-OWNER": "A resource differs from the manifests, and its annotations say that another"
    " project, or a clarify-go routine, looks after it. --take-ownership GLOB makes it yours.",
    "PLN-PROTECTED": "A resource with `lifecycle: {protected: true}` would change. If that is"
    " meant, give --allow-protected GLOB.",
    "PLN-STALE": "A saved plan no longer comes out as it was reviewed: the manifests or Clarify"
    " have moved since. Nothing was sent. Plan again, and have the new plan reviewed.",
    "PLN-TARGET": "A saved plan was made for another server or integration than the environment"
    " has now. Nothing was sent.",
    "APP-EXISTS": "A create met a resource that exists already, made by someone else since the"
    " plan. Creates are sent with createOnly, so it was left as it is. Plan again.",
    "APP-FAILED": "Clarify refused the request that holds these changes. The first finding says"
    " why.",
    "APP-FILLED": "A create met a signal that an insert had made and that was still empty. It was"
    " filled by an update.",
    "APP-NO-SUMMARY": "Clarify answered a save without mentioning this resource, so it was read"
    " back to see what became of it.",
    "APP-NOT-APPROVED": "An apply without a saved plan asks before it changes anything, and only"
    " `yes` is an approval. Where nobody can be asked, give --auto-approve or a saved plan.",
    "APP-UNKNOWN": "A request was sent and no answer came that could be trusted. The resources"
    " were read back and are not as wanted; plan again.",
    "APP-UNSENT": "The run ended before these changes were sent.",
    "APP-UNVERIFIED": "Changes were accepted, and reading them back did not give what was sent:"
    " someone else wrote in between, or Clarify changed the values. `syncer plan` shows how.",
    # CLI: the command line.
    "CLI-BUG": "An error that syncer did not expect. The report file says where it happened, with"
    " secrets masked.",
    "CLI-DB": "The file of the embedded Clarify cannot be opened, or holds something else.",
    "CLI-DB-IN-USE": "Another process holds the file of the embedded Clarify: another syncer"
    " command, or `syncer emulator`.",
    "CLI-ENV": "The command talks to an environment, and it is not clear to which. Name one with"
    " --env, SYNCER_ENV, or `default_environment` in syncer.yaml.",
    "CLI-FILTER": "The filter is neither the name of one in the manifests nor a JSON object.",
    "CLI-IO": "A file or stream could not be read or written.",
    "CLI-NO-PROJECT": "There is no syncer.yaml in the folder or above it, up to the Git root.",
    "CLI-RATE": "SYNCER_SELECTS_PER_SECOND and SYNCER_WRITES_PER_SECOND are numbers from 0; 0 is"
    " unpaced.",
    "CLI-TARGET": "A --target or --exclude matches none of the declared resources. It is an address"
    " glob in which `*` matches any text, a manifest file, or a folder.",
    "CLI-TOPIC": "`syncer explain` knows error codes, fields of manifests, and declared addresses.",
}
