"""`include=offers` of products: the list of offers is read beside the page, and the row says how it went."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from sandbox.goods.catalogue import FAMILY, Catalogue, Layout
from sandbox.http.messages import Request
from sandbox.store import Store
from tests.sandbox.conftest import SEED
from tests.spiders.crawling import direct_crawl
from tests.spiders.little_store import Visit, running_store
from tests.spiders.visitors.shop import PRODUCTS, asins, running_shop

CATALOGUE = Catalogue(seed=SEED, products=PRODUCTS, max_blocks=0)
STORE = Store(CATALOGUE, clock=lambda: 0.0)
LIST = "/gp/product/ajax/aodAjaxMain/"
# Sold by more than a page's worth; the seventeenth of a family is sold by nobody.
WHOLE, BLOCKED, BROKEN = [
    asin
    for number, asin in enumerate(asins(60))
    if (known := CATALOGUE.product(number)).other_offers > 10 and known.layout is Layout.FEATURED
][:3]
UNSOLD = CATALOGUE.asin(FAMILY - 3)


# The store's own server has one thread.
LOCK = Lock()


def practice(visit: Visit) -> None:
    with LOCK:
        reply = STORE.reply(Request("GET", visit.path, {"host": "sandbox.test"}))
        body = reply.body if isinstance(reply.body, bytes) else reply.body.identity()
    visit.send(200, body)


def told(seen: list[tuple[str, str, str]]) -> Callable[[Visit], None]:
    def page(visit: Visit) -> None:
        headers = visit.handler.headers
        seen.append((visit.path, headers["X-Requested-With"] or "", headers["Referer"] or ""))
        practice(visit)

    return page


def gate(visit: Visit) -> None:
    visit.send(200, b'<html><form action="/errors/validateCaptcha"></form></html>')


def second_page_is_away(visit: Visit) -> None:
    if "pageno=2" in visit.path:
        visit.send(500, b"<html></html>")
    else:
        practice(visit)


def known_offers(asin: str) -> list[str]:
    facts = STORE.find_facts(Request("GET", f"{LIST}?asin={asin}", {"host": "sandbox.test"}))
    assert facts is not None
    return [row["offerId"] for row in facts["rows"]]


def test_a_products_row_holds_its_offers_or_says_why_not(tmp_path: Path) -> None:
    file, seen = tmp_path / "rows.jsonl", []
    pages = {
        "/dp/": practice,
        LIST: told(seen),
        f"{LIST}?asin={BLOCKED}": gate,
        f"{LIST}?asin={BROKEN}": second_page_is_away,
    }
    with running_store(pages) as store:
        done = direct_crawl(
            "amazon_detail",
            *("-a", f"targets={WHOLE},{BLOCKED},{BROKEN},{UNSOLD}", "-a", "include=offers"),
            *("-O", str(file)),
            AMAZON_ORIGIN=store.url,
            PAGE_ATTEMPTS="1",
        )
    assert done.returncode == 0, done.stderr[-2000:]
    rows: dict[str, dict[str, Any]] = {
        row["asin"]: row for row in map(json.loads, file.read_text().splitlines())
    }
    assert set(rows) == {WHOLE, BLOCKED, BROKEN, UNSOLD}
    assert all(row["title"] for row in rows.values())

    known, offers = known_offers(WHOLE), rows[WHOLE]["allOffers"]
    assert len(known) > 10
    assert [offer["offerId"] for offer in offers] == known
    assert [offer["position"] for offer in offers] == list(range(1, len(known) + 1))
    assert [offer["isFeatured"] for offer in offers] == [True, *[False] * (len(known) - 1)]
    assert all(offer["price"]["amount"] > 0 and offer["seller"]["name"] for offer in offers)
    assert not any("offers_failed" in warning for warning in rows[WHOLE]["warnings"])
    assert rows[UNSOLD]["allOffers"] == []

    assert rows[BLOCKED]["allOffers"] is None
    assert rows[BLOCKED]["warnings"][-1] == "offers_failed:BLOCKED_CONTINUE"
    left = [offer["offerId"] for offer in rows[BROKEN]["allOffers"]]
    assert left == known_offers(BROKEN)[: len(left)]
    assert 10 <= len(left) < len(known_offers(BROKEN))
    assert rows[BROKEN]["warnings"][-1] == "offers_failed:SERVER_ERROR"

    asked = [(kind, where) for path, kind, where in seen if WHOLE in path]
    assert len(asked) >= 2
    assert set(asked) == {("XMLHttpRequest", f"https://www.amazon.com/dp/{WHOLE}")}


def test_offers_beside_are_shown_for_the_place_that_the_products_page_shows(tmp_path: Path) -> None:
    """The list names no place: the page before it does, to the same visitor."""
    file = tmp_path / "rows.jsonl"
    with running_shop() as shop:
        shop.behave(exit_place="PK")
        done = direct_crawl(
            "amazon_detail",
            *("-a", f"targets={WHOLE}", "-a", "include=offers", "-a", "deliver_to=60601"),
            *("-O", str(file)),
            AMAZON_ORIGIN=shop.url,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        asked = [entry for entry in shop.requests() if WHOLE in entry["target"]]
    (row,) = map(json.loads, file.read_text().splitlines())
    assert (row["deliverTo"], row["deliverToAsked"]) == ("Chicago 60601", "60601")
    assert len(row["allOffers"]) > 10
    assert not any("place_unconfirmed" in offer["warnings"] for offer in row["allOffers"])
    assert {entry["place"] for entry in asked} == {"Chicago 60601"}
    assert len(asked) == 1 + -(-len(row["allOffers"]) // 10)
