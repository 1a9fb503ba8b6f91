"""Texts of a job's first targets that stand in the job itself, so that lists can show and search them."""

from __future__ import annotations

from collections.abc import Iterable

HEAD_TARGETS = 20
_HEAD_CHARACTERS = 200


def head_of_targets(values: Iterable[str]) -> list[str]:
    return [value[:_HEAD_CHARACTERS] for value in values]
