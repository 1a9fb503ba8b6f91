from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestWarning:
    """What of an accepted request was not taken as it was sent; `path` names the place in its body."""

    path: str
    message: str
