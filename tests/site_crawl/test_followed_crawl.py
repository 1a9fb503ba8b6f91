"""A crawl that follows links, spread over two crawlers, one of which is killed in the middle."""

from collections import Counter

import pytest

from storage.base.records import JobStatus, TargetStatus
from tests.crash.farm import Farm
from tests.site_crawl.conftest import MakeSite
from tests.site_crawl.running import hits, page_job
from tests.stores import recount

PAGES = 5_000
# Of the hostile site, beside its pages: what becomes a row, and what fails.
MOVED = {"/old/3", "/old/4?b=2&a=1"}
FAILING = {
    "/private/0": "ROBOTS_DENIED",
    "/huge": "PARSE_ERROR",
    "/bomb": "PARSE_ERROR",
    "/binary": "PARSE_ERROR",
    "/broken": "SERVER_ERROR",
    "/missing": "NOT_FOUND",
    "/leaves": "ADDRESS_REFUSED",
}
TRAPPED = 8


@pytest.mark.timeout(500)
def test_a_followed_crawl_survives_a_killed_crawler_with_every_page_once(
    farm: Farm, make_site: MakeSite
) -> None:
    site = make_site(f"--pages={PAGES}")
    farm.start_worker()
    farm.start_crawler("one", "site")
    farm.start_crawler("two", "site")
    limit = PAGES + len(MOVED) + len(FAILING) + TRAPPED
    job_id = farm.submit_job(page_job(f"{site}/", followLinks=True, maxPages=limit))
    farm.wait_for(lambda: farm.job(job_id).counts.success >= PAGES // 3, what="a third is done")
    farm.kill("one")
    job = farm.wait_for_end(job_id, seconds=400)

    assert job.status is JobStatus.COMPLETED
    assert job.counts == recount(farm.database, job_id)
    assert job.counts.total == limit
    failed = farm.targets.list_page(job_id, limit=limit, status=TargetStatus.FAILED)
    errors = {
        target.url.removeprefix(site): target.failure.code for target in failed if target.failure
    }
    assert errors == FAILING
    rows = Counter(row.data["url"].removeprefix(site) for row in farm.results.iterate(job_id))
    assert set(rows.values()) == {1}
    pages = {"/", *(f"/p/{number}" for number in range(1, PAGES))}
    trapped = {path for path in rows if path.startswith("/calendar/")}
    assert set(rows) - trapped == pages
    asked = hits(site)
    assert not {path for path in asked if path.startswith("/private/") or "elsewhere" in path}
    assert "/file.zip" not in asked


def test_max_pages_is_exact_and_reached_by_the_nearest_pages(
    farm: Farm, make_site: MakeSite
) -> None:
    site = make_site("--pages=600", "--plain")
    farm.start_worker()
    farm.start_crawler("one", "site")
    farm.start_crawler("two", "site")
    job_id = farm.submit_job(page_job(f"{site}/", followLinks=True, maxPages=57))
    shallow = farm.submit_job(page_job(f"{site}/", followLinks=True, maxPages=500, maxDepth=1))
    job, shallow_job = farm.wait_for_end(job_id), farm.wait_for_end(shallow)
    assert job.counts.total == job.counts.success == job.result_count == 57
    depths = Counter(row.data["depth"] for row in farm.results.iterate(shallow))
    assert set(depths) == {0, 1}
    assert depths[0] == 1
    assert shallow_job.counts.total == sum(depths.values()) > 10


def test_a_list_over_several_pages_gives_one_row_an_item(farm: Farm, make_site: MakeSite) -> None:
    site = make_site()
    farm.start_worker()
    farm.start_crawler("one", "site")
    quotes = farm.submit_job(
        page_job(
            f"{site}/quotes/1",
            selectors={"text": ".text::text", "author": ".author::text", "tags": ".tag::text"},
            itemSelector="div.quote",
            nextPageSelector="li.next a::attr(href)",
            maxPages=10,
        )
    )
    books = farm.submit_job(
        page_job(
            f"{site}/books/1",
            selectors={"title": "h3 a::attr(title)", "price": ".price_color::text"},
            itemSelector="article.product_pod",
            nextPageSelector="a.next",
            maxPages=2,
        )
    )
    farm.wait_for_end(quotes)
    farm.wait_for_end(books)
    quote_rows = [row.data["data"] for row in farm.results.iterate(quotes)]
    assert len(quote_rows) == 50
    assert quote_rows[0] == {"text": "Words 1.0", "author": "Author 0", "tags": ["a", "b"]}
    assert quote_rows[-1]["text"] == "Words 5.9"
    book_rows = [row.data["data"] for row in farm.results.iterate(books)]
    assert len(book_rows) == 40
    assert book_rows[20] == {"title": "Book 2.0", "price": "£20.00"}
