"""Strips below a chart: whether a product could be had, and whose offer was featured. Widths in percent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from control_api.console.monitors.stretches import Seen, stretches_of

_OUT = frozenset({"out_of_stock", "unavailable"})
# Of a sign: in less it would stand in its neighbour.
_MIN_SIGN_WIDTH = 2.5
# A moment is still seen.
_MIN_WIDTH = 0.3
_OUT_SIGN, _NOBODY_SIGN = "×", "–"


@dataclass(frozen=True, slots=True)
class Piece:
    """`kind`: a class of the style; `sign` stands in it, for who sees no colours."""

    x: float
    width: float
    kind: str
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """`names`: by letter."""

    pieces: Sequence[Piece]
    names: Sequence[tuple[str, str]] = ()


def availability_strip(history: Seen) -> Strip | None:
    """None where no page said anything of it."""
    pieces = [
        _piece(
            history, one.start, one.end, *(("out", _OUT_SIGN) if one.value in _OUT else ("in", ""))
        )
        for one in stretches_of(history, "availability")
        if one.value is not None
    ]
    return Strip([*_unseen(history), *pieces]) if pieces else None


def seller_strip(history: Seen) -> Strip | None:
    """Letters in the order in which the sellers were seen; after Z they begin anew."""
    letters: dict[str, str] = {}
    pieces = []
    for one in stretches_of(history, "seller"):
        if one.value is None:
            pieces.append(_piece(history, one.start, one.end, "nobody", _NOBODY_SIGN))
            continue
        name = str(one.value.name or one.value.id)
        letter = letters.setdefault(name, ascii_uppercase[len(letters) % len(ascii_uppercase)])
        kind = f"seller-{(ord(letter) - ord('A')) % 4}"
        pieces.append(_piece(history, one.start, one.end, kind, letter))
    if not pieces:
        return None
    names = [(letter, name) for name, letter in letters.items()]
    return Strip([*_unseen(history), *pieces], names)


def _unseen(history: Seen) -> list[Piece]:
    return [_piece(history, one.start, one.end, "unseen") for one in history.unknown]


def _piece(history: Seen, start: Any, end: Any, kind: str, sign: str = "") -> Piece:
    whole = history.until - history.since
    if not whole:
        return Piece(0.0, 100.0, kind, sign)
    x = round(100 * ((start - history.since) / whole), 2)
    width = max(_MIN_WIDTH, round(100 * ((end - start) / whole), 2))
    x = min(x, 100 - width)
    return Piece(x, width, kind, sign if width >= _MIN_SIGN_WIDTH else "")
