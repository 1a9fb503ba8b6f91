import json
import re
from collections import Counter

import pytest

from sandbox.faults import NAMES, PRODUCT_FAULTS, FaultPlan, InvalidFault, checked_rates
from sandbox.faulty import FaultyShop
from sandbox.front import Clock, Front
from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Reply, Request
from sandbox.store import Store


def front_of(catalogue: Catalogue, plan: FaultPlan) -> Front:
    clock = Clock()
    shop = FaultyShop(Store(catalogue, clock=clock), plan, slow_seconds=3)
    return Front(shop, plan, clock=clock)


def get(front: Front, target: str) -> Reply:
    return front.reply(Request("GET", target, {"host": "sandbox.test"}))


def test_rates_are_met_and_retries_may_succeed() -> None:
    plan = FaultPlan({"captcha": 0.2, "throttle": 0.1}, seed=5)
    drawn = Counter(plan.find("B000000001", PRODUCT_FAULTS) for _ in range(5000))
    assert 0.17 < drawn["captcha"] / 5000 < 0.23
    assert 0.08 < drawn["throttle"] / 5000 < 0.12
    assert drawn[None] > 3000


def test_by_target_every_retry_meets_the_same_fate() -> None:
    plan = FaultPlan({"captcha": 0.5}, by="target", seed=5)
    fates = {name: {plan.find(name, PRODUCT_FAULTS) for _ in range(20)} for name in "abcdefghij"}
    assert all(len(fate) == 1 for fate in fates.values())
    assert len({next(iter(fate)) for fate in fates.values()}) == 2


def test_the_same_seed_draws_the_same_faults() -> None:
    def drawn(seed: int) -> list[str | None]:
        plan = FaultPlan({"captcha": 0.5}, seed=seed)
        return [plan.find("x", PRODUCT_FAULTS) for _ in range(50)]

    assert drawn(1) == drawn(1) != drawn(2)


@pytest.mark.parametrize(
    "rates", [{"captcha": 1.5}, {"captcha": -0.1}, {"nosuch": 0.1}, {"captcha": "often"}]
)
def test_wrong_rates_are_refused(rates: dict[str, object]) -> None:
    with pytest.raises(InvalidFault):
        checked_rates(rates)


@pytest.mark.parametrize(
    ("fault", "status", "mark", "absent"),
    [
        ("captcha", 200, b'id="captchacharacters"', b"productTitle"),
        ("continue", 200, b'action="/errors/validateCaptcha"', b"<img"),
        ("throttle", 503, b"ref=cs_503_", b"<form"),
        ("waf", 202, b"window.gokuProps", b"productTitle"),
        ("stripped", 200, b'id="dp-container"', b'id="centerCol"'),
    ],
)
def test_product_faults_look_like_the_real_ones(
    catalogue: Catalogue, fault: str, status: int, mark: bytes, absent: bytes
) -> None:
    reply = get(front_of(catalogue, FaultPlan({fault: 1})), f"/dp/{catalogue.asin(0)}")
    body = reply.body if isinstance(reply.body, bytes) else reply.body.identity()
    assert (reply.status, reply.kind) == (status, fault)
    assert mark in body and absent not in body


def test_waf_challenge_has_its_header(catalogue: Catalogue) -> None:
    reply = get(front_of(catalogue, FaultPlan({"waf": 1})), f"/dp/{catalogue.asin(0)}")
    assert ("x-amzn-waf-action", "challenge") in reply.headers


def test_continue_gate_is_small_and_speaks_the_language(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan({"continue": 1}))
    reply = get(front, f"/dp/{catalogue.asin(0)}?language=de_DE")
    assert isinstance(reply.body, bytes)
    assert "Klicke auf die Schaltfläche unten".encode() in reply.body
    assert 3_000 < len(reply.body) < 6_000


def test_redirect_leads_to_another_product_and_keeps_the_query(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan({"redirect": 1}))
    reply = get(front, f"/dp/{catalogue.asin(3)}?th=1&psc=1")
    assert reply.status == 301
    assert dict(reply.headers)["Location"] == f"/dp/{catalogue.asin(23)}?th=1&psc=1"


def test_glitches_are_whole_pages_that_say_something_wrong(catalogue: Catalogue) -> None:
    def page(number: int, fault: str | None = None) -> str:
        plan = FaultPlan({fault: 1} if fault else {})
        reply = get(front_of(catalogue, plan), f"/dp/{catalogue.asin(number)}")
        assert (reply.status, reply.kind) == (200, fault or "product")
        assert not isinstance(reply.body, bytes)
        return reply.body.identity().decode()

    for number in (1, 9):
        right = page(number)
        price = re.search(r'\[displayString\]" value="([^"]+)"', right)
        assert price
        zero = page(number, "zero_price")
        assert "$0.00" in zero and price.group(1) not in zero
        assert 'value="EUR' in page(number, "other_currency") and 'value="EUR' not in right
        empty = page(number, "empty_offer")
        assert "add-to-cart-button" in right and "add-to-cart-button" not in empty
        assert all(f'id="{name}' in empty for name in ("corePriceDisplay_desktop", "buybox"))
        assert price.group(1) not in empty
    # A variation of the same family, and a product that has none: one of the next family.
    for number, other in ((9, 10), (10, 9), (1, 21)):
        asked = f'name="ASIN" value="{catalogue.asin(number)}"'
        shown = f'name="ASIN" value="{catalogue.asin(other)}"'
        assert asked in page(number)
        found = page(number, "other_asin")
        assert shown in found and asked not in found


def test_a_glitch_is_over_when_the_store_is_told_so(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan())
    target = f"/dp/{catalogue.asin(1)}"

    def body() -> bytes:
        reply = get(front, target)
        assert not isinstance(reply.body, bytes)
        return reply.body.identity()

    right = body()
    for rates, is_right in ((b'{"zero_price": 1}', False), (b"{}", True)):
        assert front.reply(Request("POST", "/__faults", {}, rates)).status == 200
        assert (body() == right) is is_right


def test_empty_search_has_neither_cards_nor_words(catalogue: Catalogue) -> None:
    reply = get(front_of(catalogue, FaultPlan({"empty_search": 1})), "/s?k=usb+hub")
    assert reply.status == 200 and not isinstance(reply.body, bytes)
    html = reply.body.identity().decode()
    assert '"s-search-result"' not in html
    assert "No results" not in html


def test_slow_and_drop_carry_the_ordinary_page(catalogue: Catalogue) -> None:
    target = f"/dp/{catalogue.asin(0)}"
    ordinary = get(front_of(catalogue, FaultPlan()), target)
    slow = get(front_of(catalogue, FaultPlan({"slow": 1})), target)
    drop = get(front_of(catalogue, FaultPlan({"drop": 1})), target)
    assert (slow.delay_seconds, drop.is_cut) == (3, True)
    assert not isinstance(ordinary.body, bytes)
    for reply in (slow, drop):
        assert not isinstance(reply.body, bytes)
        assert reply.body.identity() == ordinary.body.identity()


def test_search_only_faults_spare_products(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan({"empty_search": 1}))
    assert get(front, f"/dp/{catalogue.asin(0)}").kind == "product"


def test_robots_and_pictures_never_fail(catalogue: Catalogue) -> None:
    for name in NAMES:
        front = front_of(catalogue, FaultPlan({name: 1}))
        assert get(front, "/robots.txt").body == b"User-agent: *\nAllow: /\n"
        assert get(front, "/images/I/41abc._AC_.jpg").content_type == "image/png"


def test_rates_change_at_run_time_and_requests_are_counted(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan())
    target = f"/dp/{catalogue.asin(0)}"
    assert get(front, target).kind == "product"
    changed = front.reply(Request("POST", "/__faults", {}, b'{"captcha": 1}'))
    assert changed.status == 200
    assert get(front, target).kind == "captcha"
    refused = front.reply(Request("POST", "/__faults", {}, b'{"captcha": 7}'))
    assert refused.status == 400
    assert get(front, target).kind == "captcha", "a refused change changes nothing"
    body = get(front, "/__stats?asins=1").body
    assert isinstance(body, bytes)
    assert json.loads(body) == {
        "requests": 3,
        "byKind": {"product": 1, "captcha": 2},
        "asins": {catalogue.asin(0): 3},
    }


def test_the_clock_can_be_moved_so_that_prices_change(catalogue: Catalogue) -> None:
    front = front_of(catalogue, FaultPlan())

    def pages() -> list[bytes]:
        replies = [get(front, f"/dp/{catalogue.asin(n)}").body for n in range(10)]
        return [body.identity() for body in replies if not isinstance(body, bytes)]

    before = pages()
    assert front.reply(Request("POST", "/__clock", {}, b'{"aheadHours": 12}')).status == 200
    assert pages() != before
    assert front.reply(Request("POST", "/__clock", {}, b"{}")).status == 400
    assert get(front, "/__clock").body == b'{"aheadHours": 12.0}'


def test_products_sell_out_where_the_store_is_told_so() -> None:
    def sold_out(**options: bool) -> list[set[int]]:
        catalogue = Catalogue(seed=1, products=200, **options)
        return [
            {
                n
                for n in range(9)
                if catalogue.on_sale_at(catalogue.product(n), hour).layout != "featured"
            }
            for hour in range(0, 60, 5)
        ]

    assert not any(sold_out())
    moving = sold_out(sells_out=True)
    assert moving == sold_out(sells_out=True)
    assert any(moving)
    assert len({frozenset(one) for one in moving}) > 3
