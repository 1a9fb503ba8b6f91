"""A request's list of texts, turned into targets: each text ends as a target or is named. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from control_api.services.warnings import RequestWarning
from spiders.targets import EmptyTarget, NotAnAmazonTarget
from storage.base.records import MergedText, NewTarget

MAX_NAMED = 100
_MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class BadTarget:
    index: int
    text: str
    reason: str

    def as_detail(self) -> dict[str, Any]:
        shown = self.text[:_MAX_SHOWN_CHARACTERS]
        # Half of a character can be in a request; no answer can carry it.
        value = shown.encode("utf-8", "replace").decode()
        return {"index": self.index, "value": value, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ReadTarget:
    """`key` is the same for two texts that ask for the same."""

    target: NewTarget
    key: Hashable
    warnings: Sequence[str] = ()


@dataclass(slots=True)
class TargetList:
    """`targets` in the order of the texts, each once, with the texts that were merged into it."""

    targets: list[NewTarget] = field(default_factory=list)
    bad: list[BadTarget] = field(default_factory=list)
    warnings: list[RequestWarning] = field(default_factory=list)


def read_texts(texts: Sequence[str], read: Callable[[str], ReadTarget | EmptyTarget]) -> TargetList:
    """`read` raises NotAnAmazonTarget for a text that is no target. Empty texts are skipped."""
    result = TargetList()
    empty: list[int] = []
    merged: list[RequestWarning] = []
    noted: list[RequestWarning] = []
    places: dict[Hashable, int] = {}
    firsts: list[int] = []
    for index, text in enumerate(texts):
        try:
            found = read(text)
        except NotAnAmazonTarget as refusal:
            result.bad.append(BadTarget(index, text, refusal.reason))
            continue
        if isinstance(found, EmptyTarget):
            empty.append(index)
            continue
        noted += [RequestWarning(f"targets.{index}", message) for message in found.warnings]
        place = places.setdefault(found.key, len(result.targets))
        if place == len(result.targets):
            result.targets.append(replace(found.target, sent=text, position=index))
            firsts.append(index)
            continue
        target = result.targets[place]
        result.targets[place] = replace(target, merged=(*target.merged, MergedText(index, text)))
        merged.append(
            RequestWarning(f"targets.{index}", f"asks for the same as targets.{firsts[place]}")
        )
    result.warnings = [*_empty_warning(empty), *_named(noted), *_named(merged)]
    return result


def skipped_warnings(bad: Sequence[BadTarget]) -> list[RequestWarning]:
    return _named(
        [RequestWarning(f"targets.{one.index}", f"was skipped: {one.reason}") for one in bad]
    )


def _empty_warning(empty: Sequence[int]) -> list[RequestWarning]:
    if not empty:
        return []
    lines = "1 empty line was" if len(empty) == 1 else f"{len(empty)} empty lines were"
    where = ", ".join(f"targets.{index}" for index in empty[:5])
    more = ", …" if len(empty) > 5 else ""
    return [RequestWarning("targets", f"{lines} skipped ({where}{more})")]


def _named(warnings: Sequence[RequestWarning]) -> list[RequestWarning]:
    """The first MAX_NAMED, and how many more there are."""
    more = len(warnings) - MAX_NAMED
    rest = [RequestWarning("targets", f"{more} more of this kind")] if more > 0 else []
    return [*warnings[:MAX_NAMED], *rest]
