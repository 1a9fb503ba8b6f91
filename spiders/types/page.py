"""Pages of any site, by the selectors of the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spiders.items.formats.columns import page_columns
from spiders.items.page import PageRow
from spiders.types.job_type import JobType, Path

SITE_SPIDER = "site"


class PageJobType(JobType):
    """Each selector of the job makes a column."""

    __slots__ = ()

    def columns_of_job(self, config: Mapping[str, Any]) -> list[Path] | None:
        # A spider job may run the same spider; its config has no selectors of its own.
        selectors = config.get("selectors")
        return None if selectors is None else page_columns(selectors)

    def columns_of_row(self, row: Mapping[str, Any]) -> list[Path] | None:
        return page_columns(row["data"])


PAGE = PageJobType(
    name="page",
    spider=SITE_SPIDER,
    targets_argument="url",
    crawlers_variable="SITE_CRAWLERS",
    item=PageRow,
)
