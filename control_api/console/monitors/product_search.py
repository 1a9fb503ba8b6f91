"""Products by a part of their title, in the rows of the newest jobs: a step at a time, and it says how far it has read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from control_api.console.pictures import picture_of_row
from control_api.http.context import current_actor, services
from control_api.services.jobs.job_lists import JobsWanted
from control_api.services.monitors.histories.kept_rows import is_product
from control_api.services.records import Job, Row

MAX_LENGTH = 200
_MAX_FOUND = 100
_MAX_JOBS = 50
# Of all jobs together, but for the job in which it is reached.
_MAX_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class FoundProduct:
    path: str
    asin: str
    marketplace: str
    title: str
    picture: str | None


@dataclass(slots=True)
class FoundProducts:
    """`older`: where to go on, before this job; None where no older one is."""

    text: str
    products: list[FoundProduct] = field(default_factory=list)
    jobs: int = 0
    rows: int = 0
    older: str | None = None


def products_by_title(text: str, before: str | None) -> FoundProducts:
    page = services().job_lists.list_page(
        current_actor(), wanted=JobsWanted(), limit=_MAX_JOBS, cursor=before
    )
    found = FoundProducts(text, older=page.next_cursor)
    known: set[str] = set()
    for job in page.jobs:
        for one in _in_job(job, found):
            if one.path not in known:
                known.add(one.path)
                found.products.append(one)
        found.jobs += 1
        if (found.rows >= _MAX_ROWS or len(found.products) >= _MAX_FOUND) and job is not page.jobs[
            -1
        ]:
            found.older = job.id
            break
    return found


def _in_job(job: Job, found: FoundProducts) -> Iterator[FoundProduct]:
    if not job.result_count:
        return
    page = services().results.search(current_actor(), job.id, found.text, limit=_MAX_FOUND)
    found.rows += page.scanned or 0
    needle = found.text.casefold()
    for row in page.rows:
        product = _product(row)
        if product is not None and needle in product.title.casefold():
            yield product


def _product(row: Row) -> FoundProduct | None:
    data = row.data
    asin, marketplace = str(data.get("asin") or ""), str(data.get("marketplace") or "")
    if not is_product(marketplace, asin):
        return None
    return FoundProduct(
        path=f"/console/products/{quote(marketplace)}/{quote(asin)}",
        asin=asin,
        marketplace=marketplace,
        title=str(data.get("title") or ""),
        picture=picture_of_row(data),
    )
