"""The service as one function from request to response.

In: a store, settings and a clock. Out: `Service.handle`, for a socket (`server`), for a client
in the same process, or for a test.
"""

import threading
from collections.abc import Callable

from syncer.emulator.auth import find_caller, find_client, issue_token
from syncer.emulator.clock import system_clock
from syncer.emulator.database import StoreError
from syncer.emulator.jsontext import write_json
from syncer.emulator.messages import Request, Response, json_response, text_response
from syncer.emulator.queries import matches
from syncer.emulator.ratelimits import RateLimiter
from syncer.emulator.rpc import Session, answer
from syncer.emulator.settings import Settings
from syncer.emulator.store import Store
from syncer.emulator.timestamps import MICROSECONDS

UNAUTHORIZED = write_json({"error": "access_denied", "error_description": "Unauthorized"})


class Service:
    """The API over one store; `clock` tells microseconds since 1970."""

    def __init__(
        self,
        store: Store,
        *,
        settings: Settings | None = None,
        clock: Callable[[], int] = system_clock,
    ) -> None:
        self.store = store
        self._settings = settings or Settings()
        self._clock = clock
        self._limiter = RateLimiter(self._settings.requests_per_second)
        self._lock = threading.Lock()
        store.register_regexp(matches)

    def over(self, store: Store) -> "Service":
        """Return the same service over another store."""
        return Service(store, settings=self._settings, clock=self._clock)

    def handle(self, request: Request) -> Response:
        """Return the response to a request below any prefix, one at a time."""
        with self._lock:
            try:
                return self._route(request)
            except StoreError:
                return text_response(503, "Service Unavailable")

    def _route(self, request: Request) -> Response:
        if request.path.endswith("/oauth/token"):
            endpoint = self._issue_token
        elif request.path.endswith("/rpc"):
            endpoint = self._call
        else:
            return text_response(404, "Not Found")
        if request.method.upper() != "POST":
            refusal = text_response(405, "Method Not Allowed")
            return Response(405, {**refusal.headers, "allow": "POST"}, refusal.body)
        return endpoint(request)

    def _issue_token(self, request: Request) -> Response:
        found = find_client(request, self.store)
        if found is None:
            return json_response(401, UNAUTHORIZED)
        lifetime = self._settings.token_lifetime_seconds
        token = issue_token(
            self.store.signing_key,
            found.id,
            expires_at=self._clock() // MICROSECONDS + lifetime,
        )
        scopes = sorted(found.grants | {"integration"})
        answered = {
            "access_token": token,
            "expires_in": lifetime,
            "token_type": "Bearer",
            "scope": " ".join(f"invoke:{scope}" for scope in scopes),
        }
        return json_response(200, write_json(answered), {"cache-control": "no-store"})

    def _call(self, request: Request) -> Response:
        now = self._clock()
        caller = find_caller(request, self.store, now)
        if caller is None:
            # assumed: the status and body of the token endpoint; neither is documented here.
            return json_response(401, UNAUTHORIZED)
        wait_seconds = self._limiter.admit(caller.id, now)
        return answer(request, Session(caller, self.store, self._settings, now, wait_seconds))
