"""Writes that are executed in part, and what is said about them afterwards.

In: a request with keys, and its answer. Out: the request with its first keys only; the answer as
error -32021 with a partialResult that is right or wrong.
"""

from collections.abc import Mapping
from dataclasses import replace

from syncer.emulator.faults import Claims
from syncer.emulator.jsontext import JsonObject, JsonValue, NotJsonError, read_json, write_json
from syncer.emulator.messages import Request, Response
from syncer.emulator.problems import Fault

_KEYED = ("signalsByInput", "inputs", "itemsBySignal", "series")
_RESULTS = ("signalsByInput", "itemsBySignal")
_MADE_UP: JsonObject = {"id": "00000000000000000000", "created": True}


def read_envelope(message: Request | Response) -> JsonObject:
    """Return the body as a JSON object, empty when it is none."""
    try:
        value = read_json(message.body)
    except NotJsonError:
        return {}
    return value if isinstance(value, dict) else {}


def find_keys(request: Request) -> tuple[str, ...]:
    """Return the keys that a write names, in their order."""
    return tuple(key for _, found in _find_maps(read_envelope(request)) for key in found)


def cut_request(request: Request, count: int) -> Request:
    """Return the request with only the first so many keys; others come back as they are."""
    envelope = read_envelope(request)
    maps = _find_maps(envelope)
    if not maps:
        return request
    for owner, found in maps:
        name = next(name for name, value in owner.items() if value is found)
        owner[name] = {key: found[key] for key in list(found)[:count]}
    return replace(request, body=write_json(envelope).encode())


def tell_partial(
    answer: Response, keys: tuple[str, ...], count: int, *, claims: Claims
) -> Response:
    """Return the answer to a cut request as a partial failure."""
    envelope = read_envelope(answer)
    result = envelope.get("result")
    if not isinstance(result, dict):
        return answer
    code, message = Fault.PARTIAL_FAILURE.value
    error: JsonObject = {"code": code, "message": message}
    if claims is not Claims.ABSENT:
        error["data"] = {"partialResult": _claim(result, keys[count:], claims)}
    told = {"jsonrpc": "2.0", "id": envelope["id"], "error": error}
    return replace(answer, body=write_json(told).encode())


def _find_maps(envelope: JsonObject) -> list[tuple[JsonObject, JsonObject]]:
    params = envelope.get("params")
    data = params.get("data") if isinstance(params, dict) else None
    return [
        (owner, value)
        for owner in (params, data)
        if isinstance(owner, dict)
        for name in _KEYED
        if isinstance(value := owner.get(name), dict)
    ]


def _claim(result: JsonObject, missing: tuple[str, ...], claims: Claims) -> JsonObject:
    made_up: dict[str, JsonValue] = {key: dict(_MADE_UP) for key in missing}
    return {
        name: _pick(value, made_up, claims)
        if name in _RESULTS and isinstance(value, dict)
        else value
        for name, value in result.items()
    }


def _pick(done: Mapping[str, JsonValue], others: JsonObject, claims: Claims) -> JsonObject:
    match claims:
        case Claims.RIGHT | Claims.ABSENT:
            return dict(done)
        case Claims.WRONG:
            return others
        case Claims.ALL:
            return {**done, **others}
        case Claims.EMPTY:
            return {}
