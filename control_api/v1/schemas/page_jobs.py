from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, AliasPath, Field, StringConstraints

from control_api.http.schemas import Answer, Body, Moment, Number
from control_api.services.jobs.page_jobs import MAX_PAGES, PageRequest
from control_api.services.records import Priority
from control_api.v1.schemas.page_results import PageResult
from spiders.sites.page_urls import MAX_URL_LENGTH
from spiders.sites.selectors import MAX_SELECTOR_LENGTH, xpath_from_css

MAX_SELECTORS = 100
MAX_DOMAINS = 100
MAX_DELAY_SECONDS = 60

PageStatus = Literal["pending", "running", "completed", "failed", "cancelled"]


def _require_css(text: str) -> str:
    xpath_from_css(text)
    return text


def _require_element_css(text: str) -> str:
    if "::" in text:
        raise ValueError("must select elements, without ::text or ::attr()")
    return _require_css(text)


def _refuse_unstorable(name: str) -> str:
    # MongoDB takes neither as a field's name everywhere.
    if name.startswith("$") or any(ord(character) < 32 for character in name):
        raise ValueError("must not begin with $, nor hold control characters")
    return name


FieldName = Annotated[
    str, StringConstraints(min_length=1, max_length=100), AfterValidator(_refuse_unstorable)
]
Css = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_SELECTOR_LENGTH),
    AfterValidator(_require_css),
]
ElementCss = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_SELECTOR_LENGTH),
    AfterValidator(_require_element_css),
]
Domain = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=253)]
Engine = Literal["auto", "scrapy", "playwright"]


class PageJobConfig(Body):
    """`allowed_domains`: without it the start host. `delay`: seconds between two requests to a host."""

    max_pages: Annotated[int, Field(ge=1, le=MAX_PAGES)] = 1
    follow_links: bool = False
    max_depth: Annotated[int, Field(ge=0, le=MAX_PAGES)] | None = None
    allowed_domains: Annotated[list[Domain], Field(min_length=1, max_length=MAX_DOMAINS)] | None = (
        None
    )
    item_selector: ElementCss | None = None
    next_page_selector: Css | None = None
    delay: Annotated[float, Field(ge=0, le=MAX_DELAY_SECONDS, allow_inf_nan=False)] | None = None
    respect_robots: bool = True


class PageJobBody(Body):
    """`selectors`: a name for each value, with CSS as Scrapy reads it (`::text`, `::attr(name)`)."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=MAX_URL_LENGTH)]
    selectors: Annotated[dict[FieldName, Css], Field(min_length=1, max_length=MAX_SELECTORS)]
    engine: Engine = "auto"
    priority: Literal["low", "normal", "high"] = "normal"
    config: PageJobConfig | None = None

    def to_request(self) -> PageRequest:
        config = self.config or PageJobConfig()
        return PageRequest(
            url=self.url,
            selectors=self.selectors,
            engine=self.engine,
            priority=Priority(self.priority),
            config=config.model_dump(exclude_none=True),
        )


def _of_config(name: str) -> Any:
    """A field that is read from the `config` of a Job, or from an answer's own JSON."""
    return Field(validation_alias=AliasChoices(name, AliasPath("config", name)))


class PageJobCreated(Answer):
    id: str
    url: Annotated[str, _of_config("url")]
    status: PageStatus
    created_at: Moment
    # With `include=rows`.
    rows: list[PageResult] | None = None


class PageJobRow(Answer):
    id: str
    url: Annotated[str, _of_config("url")]
    status: PageStatus
    progress: Number
    items_scraped: Annotated[
        int, Field(validation_alias=AliasChoices("items_scraped", "result_count"))
    ]
    items_failed: Annotated[
        int, Field(validation_alias=AliasChoices("items_failed", AliasPath("counts", "failed")))
    ]
    created_at: Moment
    started_at: Moment | None


class FailedPage(Answer):
    url: str
    code: str
    message: str


class PageJobOut(PageJobRow):
    """`engine`: the one used, as soon as a page was read. `failures`: the first ten."""

    engine: Engine
    priority: Literal["low", "normal", "high"]
    selectors: Annotated[dict[str, str], _of_config("selectors")]
    config: Annotated[
        dict[str, Any],
        Field(validation_alias=AliasChoices(AliasPath("config", "config"), "config")),
    ]
    completed_at: Moment | None
    failures: list[FailedPage]
    # With `include=rows`.
    rows: list[PageResult] | None = None
