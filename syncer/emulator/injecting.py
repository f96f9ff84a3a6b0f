"""The service with faults, for a socket or in process.

In: requests, and schedules through an admin route that only who knows its token finds. Out: the
service's responses, or what a fault makes of them; `Delivery` says how they are to be sent.
"""

import hmac
import threading
from collections import deque
from typing import TYPE_CHECKING

from syncer.emulator.acting import act_after
from syncer.emulator.faults import Action, Faults, PartialFailure, Rule, Slow, Stale, When
from syncer.emulator.jsontext import NotJsonError, read_json, write_json
from syncer.emulator.messages import Delivery, Request, Response, json_response, text_response
from syncer.emulator.methods import find_spellings, is_write
from syncer.emulator.partway import cut_request, find_keys, read_envelope, tell_partial
from syncer.emulator.problems import Problem
from syncer.emulator.schedules import ScheduleError, read_schedule
from syncer.emulator.service import Service

if TYPE_CHECKING:
    from syncer.emulator.store import Store

ADMIN = "/__faults/"


class FaultyService:
    """The service, until a fault is due.

    Without a path token there is no admin route; `faults` takes schedules all the same.
    """

    def __init__(
        self, service: Service, faults: Faults | None = None, *, path_token: str = ""
    ) -> None:
        self.faults = faults or Faults()
        self._service = service
        self._path_token = path_token
        self._lock = threading.RLock()
        self._snapshots: deque[Store] = deque()

    def handle(self, request: Request) -> Response:
        """Return the response to a whole request."""
        return self.begin(request) or self.finish(request)

    def begin(self, request: Request) -> Response | None:
        """Return the response to a request of which the body is still to be read, if any."""
        if ADMIN in request.path:
            return None
        names = _name_path(request)
        rule = self.faults.find(names, "token" if "token" in names else "rpc", early=True)
        return self._play(rule, request) if rule else None

    def finish(self, request: Request) -> Response:
        """Return the response to a request that `begin` let pass."""
        if ADMIN in request.path:
            return self._administer(request)
        names = _name_path(request)
        name = next(iter(names), "")
        if "rpc" in names:
            name = _read_method(request)
            names |= find_spellings(name)
        with self._lock:
            rule = self.faults.find(names, name)
            return self._play(rule, request) if rule else self._execute(request)

    def _execute(self, request: Request) -> Response:
        with self._lock:
            return self._execute_alone(request)

    def _execute_alone(self, request: Request) -> Response:
        actions = [rule.action for rule in self.faults.rules]
        behind = max((action.behind for action in actions if isinstance(action, Stale)), default=0)
        if not behind or not is_write(_read_method(request)):
            return self._service.handle(request)
        before = self._service.store.copy()
        response = self._service.handle(request)
        if "result" not in read_envelope(response):
            before.close()
            return response
        self._snapshots.append(before)
        if len(self._snapshots) > behind:
            self._snapshots.popleft().close()
        return response

    def _play(self, rule: Rule, request: Request) -> Response:
        match rule.when:
            case When.BEFORE_READ | When.BEFORE_EXEC:
                return self._act_before(rule.action, request)
            case When.MID_EXEC:
                answer = self._execute(cut_request(request, rule.after))
                if isinstance(rule.action, PartialFailure):
                    keys, claims = find_keys(request), rule.action.claims
                    return tell_partial(answer, keys, rule.after, claims=claims)
                return act_after(rule.action, request, answer)
            case When.AFTER_EXEC | When.MID_BODY:
                return act_after(rule.action, request, self._execute(request))

    def _act_before(self, action: Action, request: Request) -> Response:
        if isinstance(action, Slow):
            late = Delivery(wait_seconds=action.seconds, late=lambda: self._execute(request))
            return Response(200, delivery=late)
        if isinstance(action, Stale) and self._snapshots:
            place = max(len(self._snapshots) - action.behind, 0)
            return self._service.over(self._snapshots[place]).handle(request)
        if isinstance(action, Stale):
            return self._execute(request)
        return act_after(action, request, Response(200))

    def _administer(self, request: Request) -> Response:
        token = request.path.rpartition(ADMIN)[2].encode("utf-8", "replace")
        if not self._path_token or not hmac.compare_digest(token, self._path_token.encode()):
            return text_response(404, "Not Found")
        match request.method.upper():
            case "GET":
                return json_response(200, write_json(self._report()))
            case "POST":
                return self._load(request.body)
            case "DELETE":
                self.load(())
                return Response(204)
            case _:
                return text_response(405, "Method Not Allowed")

    def load(self, rules: tuple[Rule, ...]) -> None:
        """Start anew with these rules; no rules clear the schedule."""
        with self._lock:
            self.faults.load(rules)
            while self._snapshots:
                self._snapshots.pop().close()

    def _load(self, body: bytes) -> Response:
        try:
            rules = read_schedule(read_json(body))
        except NotJsonError as error:
            return _refuse((Problem("schedule", f"is not JSON: {error}"),))
        except ScheduleError as error:
            return _refuse(error.problems)
        self.load(rules)
        return json_response(200, write_json({"rules": len(rules)}))

    def _report(self) -> dict[str, object]:
        fired = [{"rule": found.rule, "name": found.name} for found in self.faults.fired]
        return {"rules": len(self.faults.rules), "fired": fired}


def _refuse(problems: tuple[Problem, ...]) -> Response:
    found = [{"path": problem.path, "error": problem.message} for problem in problems]
    return json_response(400, write_json({"errors": found}))


def _read_method(request: Request) -> str:
    return str(read_envelope(request).get("method", ""))


def _name_path(request: Request) -> frozenset[str]:
    for ending, name in (("/oauth/token", "token"), ("/rpc", "rpc")):
        if request.path.endswith(ending):
            return frozenset({name})
    return frozenset()
