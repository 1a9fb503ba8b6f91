"""What a job type is, for everybody who crawls, exports or describes its rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageType:
    """The page that the type's rows are read from.

    `module` names the module of its page object, which has `read_page` and `where_fields_are_read`
    (see spiders/pages/reading.py). `is_at`: whether such a page stands at an address.
    """

    kind: str
    module: str
    is_at: Callable[[str], bool]
    # Of the fields that docs/fields.md lists: the heading, and what the request says of itself.
    title: str
    asked_fields: frozenset[str] = frozenset()
    # Those that the crawl counts over all pages of a target: one page alone says nothing of them.
    counted_fields: frozenset[str] = frozenset()
    # The scorer's names for parts of a field.
    scored_as: Mapping[str, str] = field(default_factory=dict)


def _no_problems(item: Any) -> list[str]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class JobType:
    """`spider` None: each job names its own spider, which runs for that job alone."""

    name: str
    spider: str | None = None
    # The spider's argument that lists the targets where no job does, parted by commas.
    targets_argument: str = ""
    # The variable with the number of its pool crawlers on each node.
    crawlers_variable: str = ""
    # Its crawlers are started by the first targets that wait for them, and live on from then. A type that
    # few ask for costs a node nothing until then.
    starts_on_demand: bool = False
    # Its spider loads pages of known stores alone, whatever a client asks for.
    stays_in_stores: bool = False
    item: type | None = None
    # Of the CSV file. None: they are told by the job or by its rows.
    columns: Sequence[str] | None = None
    # Page and position of an item, which tell it apart within its target; None: items are counted.
    place_of: Callable[[Any], tuple[int | None, int | None]] | None = None
    # Why an item must not be stored.
    problems_of: Callable[[Any], list[str]] = _no_problems
    # What the item's fields say, and those of records that no other type has.
    texts: Mapping[type, Mapping[str, str]] = field(default_factory=dict)
    page: PageType | None = None

    @property
    def is_pooled(self) -> bool:
        """Its targets are crawled by the pool, whose crawlers serve all jobs."""
        return self.spider is not None

    def columns_of_job(self, config: Mapping[str, Any]) -> list[Path] | None:
        """None: the rows tell them."""
        return self._fixed_columns()

    def columns_of_row(self, row: Mapping[str, Any]) -> list[Path] | None:
        """Of a file whose first row is `row`; None: all rows tell them."""
        return self._fixed_columns()

    def _fixed_columns(self) -> list[Path] | None:
        if self.columns is None:
            return None
        return [tuple(name.split(".")) for name in self.columns]
