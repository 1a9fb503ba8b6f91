"""What the reader of targets answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spiders.sites.bestsellers import ListPlace

ACCEPTED = "send an ASIN (B and nine letters or digits), an ISBN, or the product's own address"
# What stands around a pasted text and is not part of it.
AROUND = " \t\"'`´“”„‟‚‘’«»‹›()[]{}<>*_,;!|…•·"
AROUND_END = AROUND + ".:?"


class NotAnAmazonTarget(ValueError):
    """The text names no product, search or list of a known store; `reason` says why."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:200]!r}: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EmptyTarget:
    """The text holds nothing that is seen: an empty line, say. Each caller decides what that means."""


@dataclass(frozen=True, slots=True)
class ProductTarget:
    """`host` is the store's that the address names; None for a code alone. `text`: what was read,
    cleaned."""

    asin: str
    host: str | None
    warnings: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """`keyword` None: an address that narrows down by `query` alone. `page`: the first one to read.
    `text`: what was read, cleaned."""

    keyword: str | None
    host: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    page: int = 1
    text: str = ""

    @property
    def store_numbers(self) -> Sequence[str]:
        """The parts of its address whose values mean another thing, or nothing, in another store."""
        return [name for name in ("rh", "bbn", "srs", "me") if name in self.query]


@dataclass(frozen=True, slots=True)
class ListTarget:
    """`names_list` False: the text names a category alone, of whichever list the job asks for.
    `text`: what was read, cleaned."""

    place: ListPlace
    host: str | None = None
    names_list: bool = False
    text: str = ""


class Refused(Exception):
    """Why; the reader turns it into NotAnAmazonTarget with the text as it was sent."""


def several(codes: Sequence[str]) -> Refused:
    names = ", ".join(codes[:5])
    return Refused(f"it names {len(codes)} products ({names}); give each a target of its own")
