"""The practice store knows what its pages say: every language, every layout, both kinds of page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.goods.catalogue import FAMILY, LAYOUTS, Catalogue
from sandbox.http.messages import Request
from sandbox.store import Store
from spiders.items.money import Money
from spiders.items.offers import OfferRow
from spiders.pages.fetched import Fetched
from spiders.pages.lists.bestsellers import BestsellersPage
from spiders.pages.offers.offers import OffersPage, offer_key, once
from spiders.pages.product import ProductPage
from spiders.pages.searches.search import SearchPage
from spiders.pages.seller import SellerPage
from spiders.pages.status import PageStatus
from spiders.pages.suggestions import SuggestionsPage
from spiders.sites.marketplaces import SANDBOX_LANGUAGES

# Past the first families, so that numbers and names differ from other tests'.
FIRST = 37 * len(LAYOUTS)
HOUR = 491_000
STATES = {
    "featured": "featured",
    "variations": "featured",
    "book": "featured",
    "kindle": "digital",
    "used_only": "featured_used_only",
    "unavailable": "unavailable",
    "no_featured": "see_all_options",
    "location_blocked": "location_blocked",
}
NAMED = ("manufacturer", "modelNumber", "weight", "dimensions", "countryOfOrigin")
# Two prices without a dash are the store's own trap, cards abbreviate counts.
EXPECTED_WARNINGS = {"location_mismatch", "price_competing", "count_approximate"}

CATALOGUE = Catalogue(seed=1, products=100_000, max_blocks=0)
STORE = Store(CATALOGUE, clock=lambda: HOUR * 3600)


def answer(target: str) -> tuple[Fetched, dict[str, Any]]:
    request = Request("GET", target, {"host": "sandbox.test"})
    body, facts = STORE.reply(request).body, STORE.find_facts(request)
    assert facts is not None
    raw = body if isinstance(body, bytes) else body.identity()
    return Fetched(f"https://sandbox.test{target}", 200, {}, raw), facts


def fetch(target: str) -> Fetched:
    body = STORE.reply(Request("GET", target, {"host": "sandbox.test"})).body
    raw = body if isinstance(body, bytes) else body.identity()
    return Fetched(f"https://sandbox.test{target}", 200, {}, raw)


def pair(money: Money | None) -> tuple[Decimal, str | None] | None:
    return None if money is None else (money.amount, money.currency)


def stated(money: dict[str, str] | None) -> tuple[Decimal, str] | None:
    return None if money is None else (Decimal(money["amount"]), money["currency"])


def number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
@pytest.mark.parametrize("place", range(len(LAYOUTS)), ids=lambda n: f"{n}-{LAYOUTS[n].value}")
def test_product_says_what_the_store_knows(language: str, place: int) -> None:
    fetched, facts = answer(f"/dp/{CATALOGUE.asin(FIRST + place)}?language={language}")
    item = ProductPage(fetched, asked_asin=facts["asin"]).item()
    assert item is not None
    for name in ("asin", "title", "boughtPastMonth", "ratingsCount", "parentAsin"):
        assert getattr(item, name) == facts[name], name
    assert number(item.rating) == facts["rating"]
    assert [rank.rank for rank in item.bestSellerRanks or []] == facts["bestSellerRanks"]
    assert [image.url.split("/I/")[1].split(".")[0] for image in item.images or []] == facts[
        "imageIds"
    ]
    is_open = facts["selectsVariant"]
    assert item.buyboxState == ("select_variant" if is_open else STATES[facts["layout"]])
    if not is_open:
        assert pair(item.price) == stated(facts["price"])
        assert pair(item.listPrice) == stated(facts["listPrice"])
    assert set(item.warnings) <= EXPECTED_WARNINGS


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
@pytest.mark.parametrize("place", range(len(LAYOUTS)), ids=lambda n: f"{n}-{LAYOUTS[n].value}")
def test_words_of_the_page_are_understood(language: str, place: int) -> None:
    """Labels, dates, kinds of list price and stock: all that only words tell."""
    fetched, facts = answer(f"/dp/{CATALOGUE.asin(FIRST + place)}?language={language}")
    item = ProductPage(fetched).item()
    assert item is not None
    assert item.listPrice is None or item.listPriceKind != "unknown"
    if facts["layout"] in ("book", "kindle"):
        assert item.authors
        return
    assert item.brand == facts["brand"]
    assert [name for name in NAMED if getattr(item, name) is None] == []
    assert item.dateFirstAvailable is not None
    assert item.dateFirstAvailable.date is not None
    if facts["layout"] in ("featured", "variations") and not facts["selectsVariant"]:
        assert item.stockLeft == facts["stockLeft"]
        assert item.availability == ("limited" if facts["stockLeft"] else "in_stock")
        assert item.seller is not None
        assert item.shipsFrom is not None


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
@pytest.mark.parametrize("keyword", ["usb cable", "red shoes", "lampe für küche"])
def test_rows_say_what_the_store_knows(language: str, keyword: str) -> None:
    target = f"/s?k={keyword.replace(' ', '+')}&page=2&language={language}"
    fetched, facts = answer(target)
    page = SearchPage(fetched)
    rows = page.rows()
    assert page.has_next is facts["hasNext"]
    assert len(rows) == len(facts["rows"])
    for row, known in zip(rows, facts["rows"], strict=True):
        for name in ("asin", "title", "sponsored", "position", "ratingsCount", "boughtPastMonth"):
            assert getattr(row, name) == known[name], (row.asin, name)
        assert number(row.rating) == known["rating"]
        assert pair(row.price) == stated(known["price"])
        assert row.listPrice is None or row.listPriceKind != "unknown"
        assert set(row.warnings) <= EXPECTED_WARNINGS


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
def test_empty_search_is_told_from_a_broken_one(language: str) -> None:
    fetched, _ = answer(f"/s?k=no+results+here&language={language}")
    page = SearchPage(fetched)
    assert page.status == "no_results"
    assert page.rows() == []


# Electronics have cards for 30 of 50 places, beauty for all.
LISTS = [
    ("bestsellers/electronics", None),
    ("movers-and-shakers/beauty", None),
    ("new-releases/tools/3000004", "3000004"),
]


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
@pytest.mark.parametrize(("path", "node"), LISTS)
def test_list_says_what_the_store_knows(language: str, path: str, node: str | None) -> None:
    for turn in (1, 2):
        fetched, facts = answer(f"/gp/{path}?pg={turn}&language={language}")
        page = BestsellersPage(fetched)
        assert page.status is PageStatus.OK
        assert page.has_next is (turn == 1)
        rows = page.rows()
        assert len(rows) == len(facts["rows"]) == 50
        for row, known in zip(rows, facts["rows"], strict=True):
            for name in ("asin", "rank", "partial", "salesRank", "previousSalesRank", "change"):
                assert getattr(row, name) == known[name], name
            for name in ("title", "byline", "format", "ratingsCount"):
                assert getattr(row, name) == known.get(name), name
            assert number(row.rating) == known.get("rating")
            assert pair(row.price) == stated(known.get("price"))
            offers = known.get("offers")
            assert (row.offers and row.offers.count) == (offers and offers["count"])
            assert pair(row.offers.from_ if row.offers else None) == stated(
                offers and offers["from"]
            )
            assert row.category is not None
            assert (row.category.name, row.category.nodeId) == (facts["category"], node)
            assert (row.category.path or [])[-1] == facts["category"]
            assert len(row.category.path or []) == (2 if node else 1)
            assert row.categorySlug == path.split("/")[1]
            assert row.deliverTo == facts["deliverTo"]
            assert set(row.warnings) <= EXPECTED_WARNINGS


def test_root_of_the_lists_is_not_a_list_and_names_the_departments() -> None:
    fetched, _ = answer("/gp/bestsellers?language=de_DE")
    page = BestsellersPage(fetched)
    assert page.status is PageStatus.NOT_A_LISTING
    assert page.rows() == []
    assert [category.slug for category in page.categories][:2] == ["electronics", "home"]


def test_empty_list_and_a_page_behind_the_last_are_successes_without_rows() -> None:
    for target in ("/gp/most-gifted/empty", "/gp/bestsellers/home?pg=3"):
        fetched, _ = answer(target)
        page = BestsellersPage(fetched)
        assert (page.status, page.rows(), page.has_next) == (PageStatus.NO_RESULTS, [], False)


def test_landing_page_of_a_category_is_no_list_of_results() -> None:
    page = SearchPage(fetch("/b?node=9000000"))
    assert page.status is PageStatus.NOT_A_LISTING
    assert (page.rows(), page.info) == ([], None)


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
def test_search_field_suggests_what_the_store_knows(language: str) -> None:
    fetched, facts = answer(f"/suggestions?prefix=Lamp%20&alias=aps&limit=11&language={language}")
    page = SuggestionsPage(fetched)
    assert page.status is PageStatus.OK
    read = [
        {
            "suggestion": row.suggestion,
            "departments": [department.alias for department in row.departments or []],
        }
        for row in page.rows()
    ]
    assert read == facts["rows"]
    assert len(read) == 11 and read[0]["departments"]
    nothing, _ = answer(f"/suggestions?prefix=zzqx&language={language}")
    assert SuggestionsPage(nothing).status is PageStatus.NO_RESULTS


@pytest.mark.parametrize("language", ["en_US", "ja_JP", "ar_AE"])
def test_what_a_page_offers_leads_to_narrower_searches(language: str) -> None:
    """Whatever the language: the ids are what jobs take."""
    page = SearchPage(fetch(f"/s?k=lamp&rh=n%3A2000006%2Cp_89%3AKestrin&language={language}"))
    assert page.info is not None
    categories, refinements = page.info.categories or [], page.info.refinements or []
    assert [(one.id, one.isChosen) for one in categories] == [
        ("2000006", True),
        ("3000006", False),
    ]
    assert {one.id.partition(":")[0] for one in refinements} == {"p_72", "p_89", "p_6", "p_36"}
    assert [one.id for one in refinements if one.isChosen] == ["p_89:Kestrin"]
    assert all(one.name and one.group for one in refinements)
    assert SearchPage(fetch("/s?k=lamp"), reads_offered=False).info.categories is None  # type: ignore[union-attr]


# Featured offers, a used one, none at all, none that is featured.
OFFERED = [
    FAMILY * 7 + 1,
    FAMILY * 7 + 3,
    FAMILY * 9,
    FAMILY * 7 + 16,
    FAMILY * 7 + 17,
    FAMILY * 7 + 18,
]


def all_offers(
    place: int, language: str, filters: str = ""
) -> tuple[list[OfferRow], dict[str, Any]]:
    """What a crawl of all pages would keep, and what the store knows."""
    found: list[OfferRow] = []
    asin = CATALOGUE.asin(place)
    for turn in range(1, 10):
        more = f"&pageno={turn}&isonlyrenderofferlist=true" if turn > 1 else ""
        path = f"/gp/product/ajax/aodAjaxMain/?asin={asin}&pc=dp{filters}&language={language}{more}"
        fetched, facts = answer(path)
        page = OffersPage(
            fetched, asin=asin, lang=language.replace("_", "-"), is_filtered=bool(filters)
        )
        if page.status is PageStatus.NO_RESULTS:
            return [], facts
        assert page.status is PageStatus.OK
        keys = {offer_key(row) for row in found}
        found = once([*found, *page.rows()])
        if not page.has_next or len(found) == len(keys):
            break
    return found, facts


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
@pytest.mark.parametrize("place", OFFERED)
def test_offers_say_what_the_store_knows(language: str, place: int) -> None:
    rows, facts = all_offers(place, language)
    assert len(rows) == len(facts["rows"])
    assert bool(rows) == (place % FAMILY != 17)
    for row, known in zip(rows, facts["rows"], strict=True):
        for name in (
            "offerId",
            "isFeatured",
            "condition",
            "conditionNote",
            "isPrime",
            "maxQuantity",
        ):
            assert getattr(row, name) == known[name], name
        assert pair(row.price) == stated(known["price"])
        assert pair(row.listPrice) == stated(known["listPrice"])
        assert row.shippingPrice is not None
        assert row.shippingPrice.amount == Decimal(known["shipping"])
        assert row.seller is not None and row.delivery and row.shipsFrom
        assert row.seller.name == known["seller"]
        assert row.seller.id == known["sellerId"]
        assert row.seller.isAmazon is (known["sellerId"] is None)
        assert row.seller.ratingsCount == known["ratingsCount"]
        assert number(row.seller.positivePercent) == known["positivePercent"]
        assert set(row.warnings) <= EXPECTED_WARNINGS


def test_offers_of_some_conditions_alone() -> None:
    filters = "&filters=%7B%22all%22%3Atrue%2C%22usedGood%22%3Atrue%7D"
    rows, facts = all_offers(OFFERED[2], "en_US", filters)
    assert len(rows) == len(facts["rows"]) > 0
    assert {row.condition for row in rows} == {"used_good"}


@pytest.mark.parametrize("language", SANDBOX_LANGUAGES)
def test_profile_of_a_seller_says_what_the_store_knows(language: str) -> None:
    seller = CATALOGUE.product(1).seller_id
    fetched, facts = answer(f"/sp?seller={seller}&language={language}")
    row = SellerPage(fetched, seller_id=seller).item()
    assert row is not None and row.ratings is not None
    for name in ("name", "businessName", "country", "registrationNumber", "vat"):
        assert getattr(row, name) == facts[name], name
    assert number(row.rating) == facts["rating"]
    spans = (row.ratings.days30, row.ratings.days90, row.ratings.months12, row.ratings.lifetime)
    assert [span and span.count for span in spans] == facts["counts"]
    assert [span and span.positivePercent for span in spans] == facts["positive"]
    assert (row.positivePercent, row.ratingsCount) == (facts["positive"][2], facts["counts"][3])
    assert row.deliverTo and row.pageLanguage and set(row.warnings) <= EXPECTED_WARNINGS
