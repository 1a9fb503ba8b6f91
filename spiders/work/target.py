"""One keyword, ASIN or URL on its way through a spider, and a row that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spiders.items.search_info import SearchInfo
from spiders.items.seen_category import SeenCategory

# In the meta of each request of a target.
TARGET_ID = "target_id"
REQUEST_ID = "request_id"


def log_mark(target_id: str, request_id: str | None) -> str:
    return f"[target {target_id}, request {request_id}]" if request_id else f"[target {target_id}]"


@dataclass(slots=True, kw_only=True)
class Target:
    """`params` is what the seed says beside the URL: keyword or asin, lang, limits, options."""

    id: str
    url: str
    params: Mapping[str, Any]
    job_id: str | None = None
    # Of the API's request that made the job; None where a schedule or a hand did.
    request_id: str | None = None
    # All its pages go with the visitor that its first page went with.
    visitor_id: str = ""
    # By which all its pages go; None: not chosen. "": directly.
    exit_id: str | None = None
    # What its pages of results say of the search, page by page.
    search_info: list[SearchInfo] = field(default_factory=list)
    # Pages of products that were read beside its own, and are paid for as details are.
    product_pages: int = 0
    # Those that its pages name.
    categories: list[SeenCategory] = field(default_factory=list)
    # What its pages say of it beside their rows, by the names of the answer, such as `noOffers`.
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def log_mark(self) -> str:
        """What log lines of it end with: its id, and the request's, by which all logs are searched."""
        return log_mark(self.id, self.request_id)

    @property
    def request_meta(self) -> dict[str, str]:
        """The part of a request's meta that says whose it is."""
        ids = {TARGET_ID: self.id}
        return ids if self.request_id is None else {**ids, REQUEST_ID: self.request_id}


@dataclass(slots=True)
class Effort:
    """What a target has taken so far, see storage.base.records.Effort."""

    requests: int = 0
    answers: int = 0
    body_bytes: int = 0
    blocked: int = 0


@dataclass(slots=True, kw_only=True)
class LeasedTarget(Target):
    """A target under a lease. `lease_until` is by time.monotonic(): later than that, nothing of it
    may be written, since another crawler may have it."""

    token: int
    deaths: float
    lease_until: float
    # What it found for its own job, see DiscoveredTarget.
    discovered: list[DiscoveredTarget] = field(default_factory=list)
    effort: Effort = field(default_factory=Effort)
    # What the pipelines keep of its items until it ends.
    rows: list[Any] = field(default_factory=list)
    # How many of its pages were kept as they were fetched.
    saved_pages: int = 0


@dataclass(frozen=True, slots=True)
class DiscoveredTarget:
    """A link that becomes a target of the same job. A spider of the pool yields it like an item.

    `key` tells targets of a job apart; `params` are the new target's. `value`: the text that the job shows,
    the URL where it is None. `marketplace` None: that of the job's first target.
    """

    url: str
    key: str
    params: Mapping[str, Any]
    value: str | None = None
    marketplace: str | None = None


class RequestUnsent(Exception):
    """Raised by middlewares for a request whose page nobody waits for: the crawler closes, or the
    target is not ours any more (cancelled, or in the hands of another). It is no failure."""


@dataclass(slots=True)
class TargetRow:
    """An item with its natural key inside of its target."""

    target: LeasedTarget
    page: int
    position: int
    item: Any
