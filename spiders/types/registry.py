"""All job types: the entry of each module beside this one. A new type is a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import spiders.types
from spiders.items.descriptions import RECORD_TEXTS
from spiders.types.details import DETAILS
from spiders.types.entries import entries_in
from spiders.types.job_type import JobType, PageType, Path

# By name, wherever types are listed.
TYPES: tuple[JobType, ...] = entries_in(spiders.types, JobType, without="registry")

# An address of a store that no type knows is read as a product's.
FALLBACK = DETAILS

TYPE_OF_NAME: Mapping[str, JobType] = MappingProxyType({one.name: one for one in TYPES})
TYPE_OF_SPIDER: Mapping[str, JobType] = MappingProxyType(
    {one.spider: one for one in TYPES if one.spider is not None}
)
TYPE_OF_ITEM: Mapping[type, JobType] = MappingProxyType(
    {one.item: one for one in TYPES if one.item is not None}
)
POOL_SPIDERS = tuple(TYPE_OF_SPIDER)

# The types whose rows have the same fields always.
ROW_TYPES: Mapping[str, type] = MappingProxyType(
    {one.name: one.item for one in TYPES if one.item is not None and one.columns is not None}
)
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {one.name: tuple(one.columns) for one in TYPES if one.columns is not None}
)
DESCRIPTIONS: Mapping[type, Mapping[str, str]] = MappingProxyType(
    {**RECORD_TEXTS, **{item: said for one in TYPES for item, said in one.texts.items()}}
)
PAGE_TYPES: Mapping[str, PageType] = MappingProxyType(
    {one.name: one.page for one in TYPES if one.page is not None}
)


def columns_of_job(name: str, spider: str, config: Mapping[str, Any]) -> list[Path] | None:
    """The columns of a job's rows; None: its rows alone tell them."""
    own = TYPE_OF_NAME.get(name)
    if own is not None and own.spider is None:
        # The rows are those of the spider that the job names.
        own = TYPE_OF_SPIDER.get(spider)
    return None if own is None else own.columns_of_job(config)


def type_of_item(item: Any) -> JobType | None:
    """An item of a subclass is of its parent's type."""
    return next((TYPE_OF_ITEM[one] for one in type(item).__mro__ if one in TYPE_OF_ITEM), None)


def type_of_address(url: str) -> JobType | None:
    """The type whose pages stand at such addresses."""
    for one in TYPES:
        if one.page is not None and one.page.is_at(url):
            return one
    return None
