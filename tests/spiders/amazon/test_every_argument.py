"""Every argument that an Amazon spider takes does something: a table with a line for each of them.

A line holds two sets of arguments that differ in the one that it is about, and what is looked at.
Both crawls run on the practice store, and what is looked at must differ as the line says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.goods.catalogue import FAMILY, KIND_COUNT, Catalogue
from sandbox.lists.top_lists import SLUGS
from spiders.amazon.bestsellers import AmazonBestsellersSpider
from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.offers import AmazonOffersSpider
from spiders.amazon.search import AmazonSearchSpider
from spiders.amazon.seller import AmazonSellerSpider
from spiders.amazon.suggestions import AmazonSuggestionsSpider
from spiders.arguments import declared_arguments
from tests.sandbox.conftest import SEED
from tests.spiders.crawling import direct_crawl
from tests.spiders.visitors.shop import PRODUCTS, Shop, asins, running_shop

SPIDERS = {
    spider.name: spider
    for spider in (
        AmazonSearchSpider,
        AmazonDetailSpider,
        AmazonBestsellersSpider,
        AmazonSuggestionsSpider,
        AmazonOffersSpider,
        AmazonSellerSpider,
    )
}
Arguments = dict[str, str]


@dataclass(frozen=True)
class Seen:
    """What a crawl has left: rows, failures by code, and what the store was asked."""

    rows: list[dict[str, Any]]
    log: str
    code: int
    requests: list[dict[str, Any]] = field(default_factory=list)

    def all(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]


@dataclass(frozen=True)
class Line:
    """`look` at the crawl without the argument gives `before`, with it `after`."""

    look: Callable[[Seen], Any]
    before: Any
    after: Any
    argument: str
    beside: Arguments = field(default_factory=dict)
    # How the store treats its visitors meanwhile.
    habits: dict[str, object] = field(default_factory=dict)
    # What the file holds that the argument names.
    content: str = ""


def agent(seen: Seen) -> bool:
    return any("Chrome" in entry["headers"]["user-agent"] for entry in seen.requests)


def in_department(slug: str) -> set[str]:
    """All of a department of the practice store: whole families lie in one."""
    kind = SLUGS.index(slug)
    numbers = enumerate(asins(PRODUCTS))
    return {asin for number, asin in numbers if number // FAMILY % KIND_COUNT == kind}


FIRST, SECOND = asins(2)
PLACE = {"deliver_to": "60601"}
SEARCH: dict[str, Line] = {
    "keywords": Line(lambda s: set(s.all("keyword")), set(), {"desk lamp"}, "desk lamp", {"keywords": ""}),
    "keywords_file": Line(lambda s: set(s.all("keyword")), set(), {"desk lamp"}, "list.csv", {"keywords": ""}, content="keyword\ndesk lamp\n"),
    "targets_file": Line(lambda s: set(s.all("keyword")), set(), {"desk lamp"}, "list.txt", {"keywords": ""}, content="desk lamp\n"),
    "max_pages": Line(lambda s: max(s.all("page")), 1, 2, "2"),
    "max_results": Line(lambda s: len(s.rows) <= 3, False, True, "3"),
    "include_sponsored": Line(lambda s: any(s.all("sponsored")), True, False, "false"),
    "sort_by": Line(
        lambda s: (prices := [r["price"]["amount"] for r in s.rows if r["price"] and not r["sponsored"]])
        == sorted(prices), False, True, "price_asc",
    ),
    "price_min": Line(
        lambda s: min(r["price"]["amount"] for r in s.rows if r["price"] and not r["sponsored"]) >= 100,
        False, True, "100",
    ),
    "price_max": Line(
        lambda s: max(r["price"]["amount"] for r in s.rows if r["price"] and not r["sponsored"]) <= 100,
        False, True, "100",
    ),
    "department": Line(lambda s: "i=electronics" in s.rows[0]["sourceUrl"], False, True, "electronics"),
    "node": Line(lambda s: set(s.all("asin")) <= in_department("pets"), False, True, "2000006"),
    "refinements": Line(lambda s: all("Kestrin" in title or "O'Mira" in title for title in s.all("title")), False, True, "p_89:Kestrin,p_89:O'Mira"),
    "on_invalid": Line(lambda s: (s.code, len(s.rows) > 0), (2, False), (0, True), "skip", {"keywords": "desk lamp,https://example.com/s?k=x"}),
}  # fmt: skip
BOTH: dict[str, Line] = {
    "lang": Line(lambda s: {lang[:2] for lang in s.all("pageLanguage")}, {"en"}, {"de"}, "de-DE", {"marketplace": "sandbox"}),
    "marketplace": Line(lambda s: set(s.all("marketplace")), {"US"}, {"UK"}, "UK"),
    "deliver_to": Line(lambda s: set(s.all("deliverTo")), {"Pakistan"}, {"Chicago 60601"}, "60601"),
    "currency": Line(
        lambda s: {price["currency"] for price in s.all("price") if price}, {"USD"}, {"EUR"}, "EUR", PLACE
    ),
    "on_wrong_place": Line(lambda s: len(s.rows) > 0, False, True, "keep", PLACE, {"other_place": 1}),
    "engine": Line(agent, False, True, "browser", {"marketplace": "sandbox"}),
}  # fmt: skip
DETAIL: dict[str, Line] = {
    "targets": Line(lambda s: s.all("asin"), [], [FIRST], FIRST, {"targets": ""}),
    "targets_file": Line(lambda s: s.all("asin"), [], [FIRST], "list.csv", {"targets": ""}, content=f"title,asin\nLamp,{FIRST}\n"),
    "on_invalid": Line(lambda s: (s.code, len(s.rows)), (2, 0), (0, 1), "skip", {"targets": f"{FIRST},nothing"}),
}  # fmt: skip
# Four members of a family, of which the first is asked for; it is sent to where the tests visit from.
FAMILY_ASINS = asins(4, first=9)
DETAIL["expand_variants"] = Line(
    lambda s: sorted(s.all("asin")),
    FAMILY_ASINS[:1],
    sorted(FAMILY_ASINS[:3]),
    "2",
    {"targets": FAMILY_ASINS[0]},
)
# It is sent to where the tests visit from, and sold by a dozen.
(SENT,) = asins(1, first=5)
BESIDE = {"targets": SENT, "include": "offers"}
DETAIL["include"] = Line(
    lambda s: [offers and len(offers) for offers in s.all("allOffers")],
    [None],
    [12],
    "offers",
    {"targets": SENT},
)
DETAIL["max_offers"] = Line(
    lambda s: [len(offers) for offers in s.all("allOffers")], [12], [3], "3", BESIDE
)
DETAIL["conditions"] = Line(
    lambda s: {offer["condition"] for offer in s.rows[0]["allOffers"]} <= {"used_good", "collectible"},
    False, True, "used_good,collectible", BESIDE,
)  # fmt: skip
LISTS: dict[str, Line] = {
    "targets": Line(lambda s: s.all("rank"), [], list(range(1, 101)), "electronics", {"targets": ""}),
    "targets_file": Line(lambda s: set(s.all("categorySlug")), set(), {"pets", "tools"}, "list.csv", {"targets": ""}, content="target\npets\ntools/3000004\n"),
    "list": Line(lambda s: set(s.all("list")), {"best_sellers"}, {"new_releases"}, "new_releases"),
    "max_results": Line(lambda s: (len(s.rows), len(s.requests)), (100, 2), (40, 1), "40"),
    "fill": Line(lambda s: [r["rank"] for r in s.rows if r["partial"]], [31, 32], [], "true", {"max_results": "32"}),
    "on_invalid": Line(lambda s: (s.code, len(s.rows)), (2, 0), (0, 100), "skip", {"targets": "electronics,usb hub"}),
}  # fmt: skip
SUGGESTIONS: dict[str, Line] = {
    "targets": Line(lambda s: set(s.all("prefix")), set(), {"usb c"}, "usb c", {"targets": ""}),
    "targets_file": Line(lambda s: set(s.all("prefix")), set(), {"usb c"}, "list.txt", {"targets": ""}, content="usb c\n"),
    "department": Line(lambda s: set(s.all("department")), {None}, {"toys"}, "toys"),
    "on_invalid": Line(lambda s: (s.code, len(s.rows) > 0), (2, False), (0, True), "skip", {"targets": "desk,https://example.com/s?k=x"}),
    "lang": Line(lambda s: "Küche" in str(s.all("departments")), False, True, "de-DE", {"marketplace": "sandbox"}),
    "marketplace": BOTH["marketplace"],
}  # fmt: skip
OFFERS: dict[str, Line] = {
    "targets": Line(lambda s: set(s.all("asin")), set(), {SENT}, SENT, {"targets": ""}),
    "targets_file": Line(lambda s: set(s.all("asin")), set(), {SENT}, "list.csv", {"targets": ""}, content=f"title,asin\nLamp,{SENT}\n"),
    "conditions": Line(lambda s: set(s.all("condition")) <= {"used_good", "collectible"}, False, True, "used_good,collectible"),
    "max_offers": Line(lambda s: s.all("position"), list(range(1, 13)), [1, 2, 3], "3"),
    "on_invalid": Line(lambda s: (s.code, len(s.rows) > 0), (2, False), (0, True), "skip", {"targets": f"{SENT},nothing"}),
    "lang": Line(lambda s: "Neu" in s.all("conditionText"), False, True, "de-DE", {"marketplace": "sandbox"}),
    # The list names no place itself: who asks for one is told so.
    "deliver_to": Line(lambda s: set(s.all("deliverToAsked")), {None}, {"60601"}, "60601"),
}  # fmt: skip
MERCHANT = Catalogue(seed=SEED, products=1).product(0).seller_id
SELLERS: dict[str, Line] = {
    "targets": Line(lambda s: s.all("sellerId"), [], [MERCHANT], MERCHANT, {"targets": ""}),
    "targets_file": Line(lambda s: s.all("sellerId"), [], [MERCHANT], "list.txt", {"targets": ""}, content=f"{MERCHANT}\n"),
    "on_invalid": Line(lambda s: (s.code, len(s.rows)), (2, 0), (0, 1), "skip", {"targets": f"{MERCHANT},nobody"}),
    "deliver_to": BOTH["deliver_to"],
}  # fmt: skip
# What the spiders' common parent takes and hands to its requests, of these spiders as of the others.
SHOWN_ON_OTHERS = {"amazon_offers": set(BOTH), "amazon_seller": set(BOTH)}
TABLE: dict[str, dict[str, Line]] = {
    "amazon_search": {**SEARCH, **BOTH},
    "amazon_detail": {**DETAIL, **BOTH},
    "amazon_bestsellers": {**LISTS, **BOTH},
    "amazon_suggestions": SUGGESTIONS,
    "amazon_offers": OFFERS,
    "amazon_seller": SELLERS,
}
USUAL: dict[str, Arguments] = {
    "amazon_search": {"keywords": "desk lamp"},
    "amazon_detail": {"targets": ",".join(asins(6))},
    "amazon_bestsellers": {"targets": "electronics"},
    "amazon_suggestions": {"targets": "desk"},
    "amazon_offers": {"targets": SENT},
    "amazon_seller": {"targets": MERCHANT},
}
CASES = [(spider, name) for spider, lines in TABLE.items() for name in lines]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture(scope="module")
def done() -> dict[tuple[Any, ...], Seen]:
    """Crawls by their arguments: many lines begin with the same one."""
    return {}


def crawl(shop: Shop, folder: Path, spider: str, arguments: Arguments) -> Seen:
    file = folder / "rows.jsonl"
    file.unlink(missing_ok=True)
    shop.forget()
    options = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
    done = direct_crawl(
        spider,
        *options,
        *("-O", str(file)),
        AMAZON_ORIGIN=shop.url,
        SANDBOX_URL=shop.url,
        PAGE_ATTEMPTS="1",
    )
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return Seen(rows, done.stderr, done.returncode, shop.requests())


@pytest.mark.parametrize("spider", list(SPIDERS))
def test_every_argument_has_a_line(spider: str) -> None:
    told = set(TABLE[spider]) | SHOWN_ON_OTHERS.get(spider, set())
    assert told == set(declared_arguments(SPIDERS[spider]))


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(("spider", "name"), CASES, ids=[f"{s}-{n}" for s, n in CASES])
def test_an_argument_makes_its_difference(
    shop: Shop,
    tmp_path: Path,
    spider: str,
    name: str,
    done: dict[tuple[Any, ...], Seen],
    request: pytest.FixtureRequest,
) -> None:
    if name == "engine":
        request.getfixturevalue("browser")
    line = TABLE[spider][name]
    usual = {**USUAL[spider], **line.beside}
    plain = usual if name == "on_invalid" else {n: v for n, v in usual.items() if n != name and v}
    shop.behave(**{"exit_place": "PK", **line.habits})
    key = (spider, *plain.items(), *line.habits)
    if key not in done:
        done[key] = crawl(shop, tmp_path, spider, plain)
    assert line.look(done[key]) == line.before, done[key].log[-2000:]
    argument = line.argument
    if line.content:
        file = tmp_path / argument
        file.write_text(line.content)
        argument = str(file)
    seen = crawl(shop, tmp_path, spider, {**usual, name: argument})
    assert line.look(seen) == line.after, seen.log[-2000:]
