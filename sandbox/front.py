"""What every shop here has beside its pages: robots.txt, pictures, control and statistics."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from sandbox.faults import FaultPlan, InvalidFault, checked_rates
from sandbox.goods.pictures import PREFIX, picture_of
from sandbox.http.journal import Journal
from sandbox.http.messages import Reply, Request, Site
from sandbox.http.paths import find_asin
from sandbox.visitors.visited_store import VisitedStore

_ROBOTS = b"User-agent: *\nAllow: /\n"
_CLOSED_ROBOTS = b"User-agent: *\nDisallow: /portal-migration/\nDisallow: /gp/delivery/\n"

FindFacts = Callable[[Request], dict[str, object] | None]


class Clock:
    """The shop's time: the machine's, moved ahead by request so that prices change in a test."""

    def __init__(self) -> None:
        self.ahead_hours = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_hours * 3600


class Front:
    def __init__(
        self,
        site: Site,
        faults: FaultPlan,
        *,
        clock: Clock,
        delay_seconds: float = 0.0,
        find_facts: FindFacts | None = None,
        visited: VisitedStore | None = None,
        journal: Journal | None = None,
    ) -> None:
        """`visited`: the store behind `site`, where it has visitors."""
        self._site = site
        self._find_facts = find_facts
        self._faults = faults
        self._clock = clock
        self._delay_seconds = delay_seconds
        self._visited = visited
        self._journal = journal or Journal()
        self._kinds: Counter[str] = Counter()
        self._asins: Counter[str] = Counter()

    def reply(self, request: Request) -> Reply:
        if request.path.startswith("/__"):
            return self._control(request)
        reply = self._page(request)
        self._kinds[reply.kind] += 1
        self._journal.write(request, reply, at=self._clock())
        asin = find_asin(request.path)
        if asin:
            self._asins[asin] += 1
        return reply

    def _page(self, request: Request) -> Reply:
        takes_post = self._visited is not None and self._visited.takes_post(request.path)
        if request.method == "POST" and not takes_post:
            return Reply(405, b"only GET and HEAD\n", "refused", "text/plain")
        if request.path == "/robots.txt":
            is_closed = self._visited is not None and self._visited.habits.robots_closed
            return Reply(200, _CLOSED_ROBOTS if is_closed else _ROBOTS, "robots", "text/plain")
        picture = picture_of(request.path) if request.path.startswith(PREFIX) else None
        if picture is not None:
            return Reply(200, picture, "image", "image/png")
        reply = self._site.reply(request)
        if self._delay_seconds:
            return replace(reply, delay_seconds=reply.delay_seconds + self._delay_seconds)
        return reply

    def _control(self, request: Request) -> Reply:
        route = (request.method, request.path)
        if route == ("GET", "/__stats"):
            return _json(self._statistics(request))
        if route == ("POST", "/__stats"):
            self._kinds.clear()
            self._asins.clear()
            return _json(self._statistics(request))
        if route == ("POST", "/__faults"):
            return self._set_faults(request.body)
        if route == ("GET", "/__faults"):
            return _json(self._faults.rates)
        if route in {("GET", "/__visitors"), ("POST", "/__visitors")}:
            return self._visitors(request)
        if route == ("GET", "/__requests"):
            since = request.query.get("since", "0")
            return _json(self._journal.since(int(since) if since.isdigit() else 0))
        if route == ("POST", "/__requests"):
            self._journal.clear()
            return _json([])
        if route == ("POST", "/__clock"):
            return self._set_clock(request.body)
        if route == ("GET", "/__clock"):
            return self._clock_reply()
        if request.method == "GET" and request.path.startswith("/__truth/"):
            return self._truth(request)
        return _json({"error": f"no control route {request.method} {request.path}"}, status=404)

    def _truth(self, request: Request) -> Reply:
        """`/__truth` before a page's target tells what that page says."""
        page = Request("GET", request.target.replace("/__truth", "", 1), request.headers)
        facts = self._find_facts(page) if self._find_facts else None
        if facts is None:
            return _json({"error": f"nothing is known about {page.target}"}, status=404)
        return _json(facts)

    def _statistics(self, request: Request) -> dict[str, object]:
        statistics: dict[str, object] = {
            "requests": self._kinds.total(),
            "byKind": dict(self._kinds),
        }
        if "asins" in request.query:
            statistics["asins"] = dict(self._asins)
        return statistics

    def _set_faults(self, body: bytes) -> Reply:
        try:
            wanted = json.loads(body)
            if not isinstance(wanted, dict):
                raise InvalidFault("the body must be an object of NAME: RATE")
            self._faults.rates = checked_rates(wanted)
        except ValueError as problem:
            return _json({"error": str(problem)}, status=400)
        return _json(self._faults.rates)

    def _visitors(self, request: Request) -> Reply:
        """A POST changes the habits that it names, and leaves the others."""
        if self._visited is None:
            return _json({"error": "saved pages have no visitors"}, status=404)
        if request.method == "POST":
            try:
                wanted = json.loads(request.body)
                if not isinstance(wanted, dict):
                    raise InvalidFault("the body must be an object of NAME: VALUE")
                self._visited.habits = self._visited.habits.changed(wanted)
            except ValueError as problem:
                return _json({"error": str(problem)}, status=400)
        return _json({"habits": self._visited.habits.listed(), "sessions": self._visited.counts})

    def _set_clock(self, body: bytes) -> Reply:
        try:
            self._clock.ahead_hours = float(json.loads(body)["aheadHours"])
        except (ValueError, TypeError, KeyError):
            return _json({"error": 'the body must be {"aheadHours": NUMBER}'}, status=400)
        return self._clock_reply()

    def _clock_reply(self) -> Reply:
        return _json({"aheadHours": self._clock.ahead_hours})


def _json(value: object, *, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode(), "control", "application/json")
