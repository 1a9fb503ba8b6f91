from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class OfferedCategory:
    """A category that the search can be narrowed down to, or is. `id` is its browse node."""

    id: str
    name: str
    count: int | None = None
    isChosen: bool = False


@dataclass(slots=True, kw_only=True)
class OfferedRefinement:
    """`id` is what a job's `refinements` take: "p_89:Anker"; `group` is its heading: "Brand"."""

    id: str
    group: str | None
    name: str
    count: int | None = None
    isChosen: bool = False


@dataclass(slots=True, kw_only=True)
class SearchInfo:
    """What one page of results says of the search as a whole."""

    page: int
    # As shown: "over 30,000" is 30000.
    totalResults: int | None = None
    # What was searched for in place of the keyword, or what the page suggests.
    correctedKeyword: str | None = None
    # Nothing was found in the department that was asked for; the rows are from all of them.
    departmentFallback: bool | None = None
    noResults: bool = False
    # Of the column beside the results; None where it was not read, or the page has none.
    categories: list[OfferedCategory] | None = None
    refinements: list[OfferedRefinement] | None = None
