"""What the store remembers of a visitor, bound to the exit that the session was given to."""

from collections import Counter, OrderedDict
from dataclasses import dataclass
from hashlib import blake2b

from sandbox.noise import fraction_from, number_from

MAX_STRANGERS = 20_000
MAX_SESSIONS = 100_000


@dataclass(slots=True)
class Session:
    id: str
    exit: str
    pages: int = 0
    place: tuple[str, str] | None = None
    """(country, postal code) as the visitor set it; None: where the exit is."""
    pages_with_place: int = 0
    generation: int = 0
    """Moves when the place does; tokens of an earlier one are old."""

    def token(self, kind: str) -> str:
        text = f"{self.id}|{kind}|{self.generation}".encode()
        return "g" + blake2b(text, digest_size=24).hexdigest()

    def draw(self, *, what: str) -> float:
        """In [0, 1), the same for all of this session's life."""
        return fraction_from(self.id, what)

    def move(self, place: tuple[str, str] | None) -> None:
        self.place = place
        self.pages_with_place = 0
        self.generation += 1


class Sessions:
    """Most visitors come once, so strangers are forgotten before those who came back."""

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self._given = 0
        self._strangers: OrderedDict[str, Session] = OrderedDict()
        self._known: OrderedDict[str, Session] = OrderedDict()
        self.counts: Counter[str] = Counter()

    def open(self, exit_name: str) -> Session:
        self._given += 1
        number = number_from(self._seed, "session", self._given)
        name = f"{100 + number % 900}-{number // 900 % 10**7:07d}-{self._given % 10**7:07d}"
        session = Session(name, exit_name)
        self._strangers[name] = session
        self.counts["opened"] += 1
        if len(self._strangers) > MAX_STRANGERS:
            self._strangers.popitem(last=False)
        return session

    def find(self, name: str) -> Session | None:
        session = self._strangers.pop(name, None)
        if session is None:
            return self._known.get(name)
        self._known[name] = session
        if len(self._known) > MAX_SESSIONS:
            self._known.popitem(last=False)
        return session

    def end(self, session: Session, *, reason: str) -> None:
        self._strangers.pop(session.id, None)
        self._known.pop(session.id, None)
        self.counts[f"ended_{reason}"] += 1
