from __future__ import annotations

from dataclasses import dataclass


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
