"""The invented shop with a door: challenges, sessions and the place dialogue before its pages."""

from sandbox.http.messages import Reply, Request
from sandbox.locales import visited_locale
from sandbox.store import Store
from sandbox.truth import Facts
from sandbox.visitors.challenges import SCRIPT_PATH, VERIFY_PATH, Challenges
from sandbox.visitors.dialogue import Dialogue
from sandbox.visitors.habits import Habits, place_from_text
from sandbox.visitors.sessions import Sessions
from sandbox.visitors.visits import PATHS, Visits, language_of


class VisitedStore:
    def __init__(self, store: Store, habits: Habits, *, seed: int) -> None:
        self._store = store
        self._visits = Visits(Sessions(seed=seed), habits)
        self._challenges = Challenges(seed=seed)
        self._dialogue = Dialogue(self._visits, seed=seed)

    @property
    def habits(self) -> Habits:
        return self._visits.habits

    @habits.setter
    def habits(self, habits: Habits) -> None:
        self._visits.habits = habits

    @property
    def counts(self) -> dict[str, int]:
        """Of sessions: opened, ended_<reason>, places_set, places_lost."""
        return dict(self._visits.sessions.counts)

    def takes_post(self, path: str) -> bool:
        return path in PATHS or path == VERIFY_PATH

    def reply(self, request: Request) -> Reply:
        if request.path == SCRIPT_PATH:
            return self._challenges.script()
        if request.path == VERIFY_PATH:
            return self._challenges.verify(request)
        challenge = self._challenges.find(request, self.habits)
        if challenge is not None:
            return challenge
        is_dialogue = request.path in PATHS
        visit = self._visits.visit(request, is_page=not is_dialogue)
        if is_dialogue:
            reply = self._dialogue.reply(request, visit)
        else:
            reply = self._store.page(request, visit.locale)
        return self._visits.dressed(reply, visit, request)

    def find_neighbour(self, asin: str) -> str | None:
        return self._store.find_neighbour(asin)

    def find_facts(self, request: Request) -> Facts | None:
        """What the page says to a visitor whose `place` (`PK`, `US:90210`) and `currency` are given."""
        country, code = place_from_text(request.query.get("place", self.habits.exit_place))
        locale = visited_locale(
            request.host,
            language_of(request),
            currency=request.query.get("currency", ""),
            country=country,
            code=code,
        )
        return self._store.facts(request, locale)
