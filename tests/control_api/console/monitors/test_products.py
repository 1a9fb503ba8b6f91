"""A product's page: from what a monitor saw, and from the rows that jobs have left."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from pymongo.database import Database
from redis import Redis

from control_api.console.monitors.price_chart import Run
from control_api.console.monitors.strips import availability_strip, seller_strip
from control_api.console.monitors.verdicts import verdict_of
from control_api.services.monitors.histories import kept_rows
from control_api.services.monitors.histories.histories import FieldHistory
from control_api.services.monitors.histories.kept_rows import KeptProduct
from control_api.services.monitors.rules.fields import SellerValue
from control_api.services.monitors.rules.steps import Span
from control_api.services.monitors.rules.watch_state import Step
from settings.config import Config
from spiders.items.formats.moments import text_from_instant
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.monitors.shop import ASINS, Shop, page, two
from tests.stores import Store

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ASIN = ASINS[0]
PATH = f"/products/US/{ASIN}"


def job_of(tenant: Tenant, settlement: Settlement, at: datetime, **row: Any) -> str:
    """A job of two products, of which the second is ours."""
    job: str = tenant.make_job(
        type="details", targets=[ASINS[1], ASIN], config={"marketplace": "US"}
    )["id"]
    end_target(settlement, job, 0, [])
    moment = text_from_instant(at)
    end_target(
        settlement, job, 1, [{**row, "asin": ASIN, "marketplace": "US", "scrapedAt": moment}]
    )
    return job


def texts(page_text: str, title: str) -> list[list[str]]:
    """The cells of the table under a heading, row by row."""
    table = (
        page_text.partition(f"<h2>{title}</h2>")[2].partition("</table>")[0].partition("<tbody>")[2]
    )
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)
    ]


def test_kept_rows_are_a_history_without_a_monitor(person: Person, settlement: Settlement) -> None:
    tenant, begin = person.tenant, datetime.now(UTC) - 30 * DAY
    title = {"title": "A <b>lamp</b>"}
    for day, price in ((0, "20.00"), (1, "20.00"), (2, "15.00"), (28, "15.00"), (29, "25.00")):
        more: dict[str, Any] = {"seller": {"id": "A1", "name": "First & Co"}}
        if day == 29:
            more = {"seller": {"id": "A2", "name": "Second"}, "listPrice": page("30.00")["price"]}
        job = job_of(tenant, settlement, begin + day * DAY, **{**page(price, **more), **title})
    shown = person.get(PATH)
    assert heading(shown) == "A <b>lamp</b>" and "<b>lamp</b>" not in shown.text
    changes = [cells[1:] for cells in texts(shown.text, "What changed") if cells[1] == "price"]
    assert changes == [
        ["price", "15 USD", "25 USD"],
        ["price", "20 USD", "15 USD"],
        ["price", "first seen", "20 USD"],
    ]
    assert '<line class="listed"' in shown.text
    # 26 days in which nobody looked are no price.
    assert shown.text.count('class="unseen"') == 3
    assert re.findall(r"<b>(.)</b> <bdi>([^<]+)</bdi>", shown.text) == [
        ("A", "First &amp; Co"),
        ("B", "Second"),
    ]
    assert f'href="/console/jobs/{job}/targets/1"' in shown.text
    assert len(texts(shown.text, "Pages")) == 5
    week = person.get(f"{PATH}?days=7").text
    assert [cells[1:] for cells in texts(week, "What changed") if cells[1] == "price"] == [
        ["price", "15 USD", "25 USD"],
        ["price", "first seen", "15 USD"],
    ]
    assert person.get(f"{PATH}?days=8").status_code == 400


def test_a_page_of_another_place_or_currency_is_no_part_of_it(
    person: Person, settlement: Settlement
) -> None:
    begin = datetime.now(UTC) - 3 * DAY
    job_of(person.tenant, settlement, begin, **page("20.00"))
    euros = {"price": {"amount": "9.00", "currency": "EUR", "raw": "9"}}
    job_of(person.tenant, settlement, begin + DAY, **{**page("20.00"), **euros})
    job_of(person.tenant, settlement, begin + 2 * DAY, **page("21.00"))
    shown = person.get(PATH).text
    assert "EUR" not in shown
    assert [cells[2] for cells in texts(shown, "Pages")] == [
        "yes", "no: another place or currency", "yes",
    ]  # fmt: skip


def test_only_targets_that_brought_the_product_count(
    person: Person,
    settlement: Settlement,
    database: Database,
    app: Flask,
    make_tenant: Callable[..., Tenant],
) -> None:
    tenant, at = person.tenant, datetime.now(UTC) - DAY
    failed = tenant.make_job(type="details", targets=[ASIN], config={"marketplace": "US"})["id"]
    fail_target(settlement, failed, 0)
    german = tenant.make_job(type="details", targets=[ASIN], config={"marketplace": "DE"})["id"]
    end_target(
        settlement, german, 0, [{"asin": ASIN, **page("1.00"), "scrapedAt": text_from_instant(at)}]
    )
    stranger = sign_in(app, make_tenant("unlimited"))
    job_of(stranger.tenant, settlement, at, **page("66.00"))
    assert "No kept row of 2 jobs" in person.get(PATH).text
    job_of(tenant, settlement, at, **page("20.00"))
    shown = person.get(PATH).text
    assert "66 USD" not in shown and ">1 USD" not in shown and "20 USD" in shown
    assert ">1 USD" in person.get(f"/products/DE/{ASIN}").text


def test_older_jobs_are_asked_for_by_the_page_itself(
    person: Person, settlement: Settlement, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = datetime.now(UTC) - 5 * DAY
    for day in range(4):
        job_of(person.tenant, settlement, begin + day * DAY, **page(f"{20 + day}.00"))
    monkeypatch.setattr(kept_rows, "MAX_TARGETS", 5)
    first = person.get(PATH).text
    assert "The newest 2 jobs of products were looked through" in first and "21 USD" not in first
    older = re.search(r'href="(\?before=[0-9a-f]{24})"', first)
    assert older and "20 USD" in (second := person.get(PATH + older[1]).text)
    assert "?before=" not in second
    assert person.get(f"{PATH}?before=x").status_code == 400


@pytest.mark.parametrize(
    "path", ["US/x", "XX/B08N5WRWNW", "us/B08N5WRWNW", "US/b08n5wrwnw", "US/B08N5WRWNW1"]
)
def test_what_is_no_product_has_no_page(person: Person, path: str) -> None:
    assert person.get(f"/products/{path}").status_code == 404


@pytest.mark.parametrize(
    ("text", "marketplace", "path"),
    [
        (ASIN, "DE", f"DE/{ASIN}"), (f"https://www.amazon.co.uk/x/dp/{ASIN}?a=1", "", f"UK/{ASIN}"),
        (f" {ASIN} ", "", f"US/{ASIN}"),
    ],
)  # fmt: skip
def test_a_product_is_found_by_its_asin_or_address(
    person: Person, text: str, marketplace: str, path: str
) -> None:
    answer = person.get("/products", query_string={"product": text, "marketplace": marketplace})
    assert answer.headers["Location"] == f"/console/products/{path}"


@pytest.mark.parametrize("text", ["wireless earbuds", "https://evil.example/dp/B08N5WRWNW", "x"])
def test_a_text_that_names_no_product_is_refused_above_the_form(person: Person, text: str) -> None:
    answer = person.get("/products", query_string={"product": text})
    assert answer.status_code == 400 and 'role="alert"' in answer.text


def test_a_row_leads_to_its_product(person: Person, settlement: Settlement) -> None:
    job = job_of(person.tenant, settlement, datetime.now(UTC), **page("20.00"))
    assert f'href="/console{PATH}"' in person.get(f"/jobs/{job}").text


def test_a_product_names_its_monitors_and_a_watch_shows_strips(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> None:
    shop = Shop(person.tenant, settlement, Store(config, database, redis_client))
    shop.add(*ASINS[:2])
    for price in ("24.99", None, None, "18.99"):
        state = {} if price else {"availability": "out_of_stock"}
        shop.round(two(page(price, **state), page()))
    watch = f"/watches/{shop.monitor}:{ASIN}"
    assert f'href="/console/watches/{shop.monitor}%3A{ASIN}"' in person.get(PATH).text
    assert watch not in person.get(f"/products/DE/{ASIN}").text
    shown = person.get(watch).text
    assert 'class="strip"' in shown and 'class="out"' in shown and 'class="in"' in shown
    assert ["availability", "in stock", "out of stock"] in [
        cells[1:] for cells in texts(shown, "What changed")
    ]
    assert person.get(f"{watch}?days=30").status_code == 200


def run(begin: int, end: int, price: str) -> Run:
    """Days before now."""
    return Run(NOW - begin * DAY, NOW - end * DAY, Decimal(price))


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ([run(100, 50, "20"), run(50, 0, "10")], "the lowest in 100 days"),
        ([run(100, 50, "10"), run(50, 0, "20")], "the highest in 100 days"),
        ([run(100, 29, "30"), run(29, 9, "10"), run(9, 0, "20")], "lower than on 71 % of the last 100 days"),
        ([run(100, 29, "10"), run(29, 9, "30"), run(9, 0, "20")], "higher than on 71 % of the last 100 days"),
        # What was before 180 days does not count, and time in which nobody looked is no time.
        ([run(900, 180, "5"), run(180, 0, "10")], None),
        ([run(300, 90, "5"), run(90, 0, "10")], "the highest in 180 days"),
        ([run(100, 95, "20"), run(5, 0, "10")], None),
        ([run(13, 5, "20"), run(5, 0, "10")], None),
        ([run(100, 0, "10")], None),
        ([run(100, 50, "20"), run(50, 1, "10")], None),
        ([run(180, 1, "20"), run(1, 0, "19.99")], "the lowest in 180 days"),
        ([], None),
    ],
)  # fmt: skip
def test_a_verdict_weighs_time_and_is_silent_on_too_little(
    runs: list[Run], said: str | None
) -> None:
    assert verdict_of(runs, NOW) == said


def seen(**fields: list[tuple[int, Any]]) -> KeptProduct:
    """Of ten days; nobody looked on the last two. `fields`: from which day on which value."""
    return KeptProduct(
        asin=ASIN, marketplace="US", pages=[], currency="USD", since=NOW - 10 * DAY, until=NOW,
        unknown=[Span(NOW - 2 * DAY, NOW)], jobs=1, older=None,
        fields={
            name: FieldHistory(steps=[Step(name, NOW + (day - 10) * DAY, value) for day, value in steps])
            for name, steps in fields.items()
        },
    )  # fmt: skip


def test_a_strip_tells_stock_from_none_and_from_not_seen() -> None:
    strip = availability_strip(
        seen(availability=[(0, "in_stock"), (4, "out_of_stock"), (5, "limited")])
    )
    assert strip is not None
    assert [(one.kind, one.x, one.width, one.sign) for one in strip.pieces] == [
        ("unseen", 80.0, 20.0, ""), ("in", 0.0, 40.0, ""), ("out", 40.0, 10.0, "×"), ("in", 50.0, 30.0, ""),
    ]  # fmt: skip
    assert availability_strip(seen(price=[(0, Decimal(1))])) is None


def test_sellers_have_letters_in_the_order_in_which_they_were_seen() -> None:
    first, second = SellerValue("A1", "First"), SellerValue("A2", None)
    strip = seller_strip(seen(seller=[(0, first), (3, second), (6, None), (7, first)]))
    assert strip is not None
    assert strip.names == [("A", "First"), ("B", "A2")]
    assert [(one.kind, one.sign) for one in strip.pieces] == [
        ("unseen", ""), ("seller-0", "A"), ("seller-1", "B"), ("nobody", "–"), ("seller-0", "A"),
    ]  # fmt: skip
    assert seller_strip(seen()) is None
