"""The requests that a shop got, with their cookies, so that tests can prove what a crawler sends."""

from collections import deque
from itertools import count

from sandbox.http.messages import Reply, Request, Seen

Entry = tuple[int, float, Request, int, str, Seen | None]

DEFAULT_SIZE = 20_000
_BODY_BYTES = 2_000
_HEADERS = (
    *("user-agent", "accept-language", "x-requested-with", "anti-csrftoken-a2z"),
    *("content-type", "referer"),
)


class Journal:
    """Keeps the last `size` requests; 0 keeps none."""

    def __init__(self, *, size: int = DEFAULT_SIZE) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._numbers = count(1)

    def write(self, request: Request, reply: Reply, *, at: float) -> None:
        number = next(self._numbers)
        self._entries.append((number, at, request, reply.status, reply.kind, reply.seen))

    def clear(self) -> None:
        self._entries.clear()

    def since(self, number: int) -> list[dict[str, object]]:
        """Those after the entry with this number, the oldest first."""
        return [_listed(entry) for entry in self._entries if entry[0] > number]


def _listed(entry: Entry) -> dict[str, object]:
    number, at, request, status, kind, seen = entry
    return {
        "number": number,
        "at": at,
        "method": request.method,
        "host": request.host,
        "target": request.target,
        "exit": request.exit,
        "cookies": request.cookies,
        "headers": {name: request.headers[name] for name in _HEADERS if name in request.headers},
        "body": request.body[:_BODY_BYTES].decode("utf-8", "replace"),
        "status": status,
        "kind": kind,
        "sessionSent": request.cookies.get("session-id"),
        "session": seen.session if seen else None,
        "isNewSession": seen.is_new_session if seen else None,
        "note": seen.note if seen else "",
        "language": seen.language if seen else None,
        "currency": seen.currency if seen else None,
        "place": seen.place if seen else None,
    }
