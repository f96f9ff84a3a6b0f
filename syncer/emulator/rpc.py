"""The JSON-RPC 2.0 envelope around the methods.

In: an authenticated request. Out: its response, whatever the body holds. Sources:
docs.clarify.io/api/1.1/protocol/jsonrpc and .../http.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from syncer.emulator.calls import Call, Partial
from syncer.emulator.database import StoreError
from syncer.emulator.jsontext import JsonObject, JsonValue, NotJsonError, read_json, write_json
from syncer.emulator.messages import Request, Response, json_response, text_response
from syncer.emulator.methods import Method, find_method
from syncer.emulator.problems import Fault, Problem, RpcError, group_problems
from syncer.emulator.records import Effect, Integration, LedgerEntry
from syncer.emulator.refusals import record_refusal
from syncer.emulator.settings import ClarifyGo, ErrorStyle, Settings, Throttle
from syncer.emulator.store import Store
from syncer.emulator.timestamps import write_timestamp
from syncer.emulator.versions import DEFAULT_SELECTOR, SELECTORS, UNKNOWN_VERSION_TEXT

DEEPEST_ID = 32


@dataclass(frozen=True, slots=True)
class Session:
    """What one request runs with."""

    caller: Integration
    store: Store
    settings: Settings
    now: int
    wait_seconds: int = 0
    """How long the caller has to wait, 0 when it may call."""


def answer(request: Request, session: Session) -> Response:
    """Return the response to one JSON-RPC request over HTTP."""
    selector = request.header("x-api-version") or DEFAULT_SELECTOR
    if selector not in SELECTORS:
        return text_response(400, UNKNOWN_VERSION_TEXT)
    headers = {"x-api-version": selector}
    if request.header("content-type").partition(";")[0].strip().lower() != "application/json":
        # assumed: the status; only the rule is documented.
        return text_response(415, "Content-Type must be application/json")
    try:
        envelope = _read_envelope(request.body)
    except _EnvelopeError as error:
        return json_response(200, _show_error(error.id, error.fault, None), headers)
    return _Exchange(request, session, envelope, headers).run()


@dataclass(frozen=True, slots=True)
class _Envelope:
    id: JsonValue
    method: str
    params: JsonObject | list[JsonValue]


class _EnvelopeError(Exception):
    def __init__(self, fault: Fault, identity: JsonValue = None) -> None:
        super().__init__(fault.value[1])
        self.fault = fault
        self.id = identity


@dataclass(frozen=True, slots=True)
class _Exchange:
    request: Request
    session: Session
    envelope: _Envelope
    headers: Mapping[str, str]

    def run(self) -> Response:
        """Return the response; a notification is executed and answered by nothing."""
        method = find_method(self.envelope.method, SELECTORS[self.headers["x-api-version"]])
        if method and len(self.request.body) > method.most_bytes:
            self._refuse(method, f"larger than {method.most_bytes} bytes")
            return text_response(413, "Request Entity Too Large")
        if self._is_throttled(Throttle.TOO_MANY_REQUESTS):
            if method:
                self._refuse(method, "Too Many Requests")
            return self._throttle()
        text = self._execute(method)
        if self.envelope.id is None:
            return Response(204, self.headers)
        return json_response(200, text, self.headers)

    def _is_throttled(self, style: Throttle) -> bool:
        return bool(self.session.wait_seconds) and self.session.settings.throttle is style

    def _throttle(self) -> Response:
        refusal = text_response(429, "Too Many Requests")
        wait = {"retry-after": str(self.session.wait_seconds)}
        return Response(429, {**refusal.headers, **self.headers, **wait}, refusal.body)

    def _execute(self, method: Method | None) -> str:
        if method is None:
            return self._show_error(RpcError(Fault.METHOD_NOT_FOUND))
        try:
            with self.session.store.transaction():
                result = method.run(self._make_call(method))
        except RpcError as error:
            self._refuse(method, error.describe())
            return self._show_error(error)
        except StoreError:
            return self._show_error(RpcError(Fault.SERVER_ERROR))
        identity = write_json(self.envelope.id)
        if isinstance(result, Partial):
            return self._show_partial(result, identity)
        return f'{{"jsonrpc":"2.0","id":{identity},"result":{result}}}'

    def _show_partial(self, partial: Partial, identity: str) -> str:
        code, message = Fault.PARTIAL_FAILURE.value
        data = f'{{"partialResult":{partial.result},{write_json(partial.describe())[1:]}'
        error = f'{{"code":{code},"message":"{message}","data":{data}}}'
        return f'{{"jsonrpc":"2.0","id":{identity},"error":{error}}}'

    def _make_call(self, method: Method) -> Call:
        session = self.session
        if self._is_throttled(Throttle.TRY_AGAIN):
            raise RpcError(Fault.TRY_AGAIN)
        # Every integration may use its own namespace; the others are granted to it.
        if method.namespace not in session.caller.grants | {"integration"}:
            raise RpcError(Fault.FORBIDDEN)
        return Call(
            method=method.name,
            params=self._name_params(method),
            version=SELECTORS[self.headers["x-api-version"]],
            caller=session.caller,
            for_clarify_go=self._is_for_clarify_go(),
            store=session.store,
            settings=session.settings,
            now=session.now,
        )

    def _name_params(self, method: Method) -> JsonObject:
        params = self.envelope.params
        if isinstance(params, dict):
            return params
        if len(params) > len(method.positions):
            raise RpcError(Fault.INVALID_PARAMS, (Problem("params", "too many parameters"),))
        return dict(zip(method.positions, params, strict=False))

    def _is_for_clarify_go(self) -> bool:
        mode = self.session.settings.clarify_go
        is_client = self.request.header("user-agent").startswith("clarify-go/")
        return mode is ClarifyGo.ALWAYS or (mode is ClarifyGo.BY_USER_AGENT and is_client)

    def _show_error(self, error: RpcError) -> str:
        data: object = None
        if error.problems and self._has_documented_errors():
            data = {"trace": f"{self.session.now:032x}", "params": group_problems(error.problems)}
        elif error.problems:
            found = [{"path": problem.path, "error": problem.message} for problem in error.problems]
            data = {"pathErrors": found}
        return _show_error(self.envelope.id, error.fault, data)

    def _has_documented_errors(self) -> bool:
        # clarify-go fails to decode an error that has pathErrors (measured with v0.4.0).
        style = self.session.settings.error_style
        return style is ErrorStyle.TRACE_AND_PARAMS or self._is_for_clarify_go()

    def _refuse(self, method: Method, reason: str) -> None:
        if method.is_write:
            session = self.session
            record_refusal(
                session.store,
                self.envelope.params,
                LedgerEntry(
                    time=write_timestamp(session.now),
                    method=method.name,
                    integration=session.caller.id,
                    key="",
                    resource="",
                    effect=Effect.REFUSED,
                    before="",
                    after="",
                    error=reason,
                ),
            )


def _read_envelope(body: bytes) -> _Envelope:
    try:
        value = read_json(body)
    except NotJsonError as error:
        raise _EnvelopeError(Fault.PARSE_ERROR) from error
    # A batch, too, is no request here (docs.clarify.io/reference/json-rpc).
    if not isinstance(value, dict):
        raise _EnvelopeError(Fault.INVALID_REQUEST)
    identity = value.get("id")
    if not _is_shallow(identity):
        raise _EnvelopeError(Fault.INVALID_REQUEST)
    method, params = value.get("method"), value.get("params", {})
    is_valid = value.get("jsonrpc") == "2.0" and isinstance(method, str)
    if not is_valid or not isinstance(method, str) or not isinstance(params, dict | list):
        raise _EnvelopeError(Fault.INVALID_REQUEST, identity)
    return _Envelope(identity, method, params)


def _is_shallow(value: JsonValue) -> bool:
    """Tell whether the value can be written back without deep recursion."""
    level = [value]
    for _ in range(DEEPEST_ID):
        inner: list[JsonValue] = []
        for element in level:
            if isinstance(element, dict):
                inner += element.values()
            elif isinstance(element, list):
                inner += element
        level = inner
    return not level


def _show_error(identity: JsonValue, fault: Fault, data: object) -> str:
    code, message = fault.value
    error = {"code": code, "message": message} | ({} if data is None else {"data": data})
    return write_json({"jsonrpc": "2.0", "id": identity, "error": error})
