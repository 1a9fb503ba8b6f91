from __future__ import annotations

from spiders.items.title import TitleRow

from spiders.types.job_type import JobType, PageType

TITLES = JobType(
    name="titles",
    spider="amazon_title",
    targets_argument="asins",
    crawlers_variable="TITLE_CRAWLERS",
    stays_in_stores=True,
    item=TitleRow,
    columns=("title", "letters", "asin", "target"),
    texts={
        TitleRow: {
            "asin": "The product",
            "title": "The title, as shown",
            "letters": "How long it is, at most as long as was asked for",
            "target": "What was asked for",
        }
    },
    page=PageType(
        kind="title",
        module="spiders.pages.title",
        is_at=lambda url: "/titles/" in url,
        title="Titles",
    ),
)
