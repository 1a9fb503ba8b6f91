"""Tests of the tests: each rule of a card, taken out, makes the fixture fail that is about it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from spiders.parsing.prices import money
from tests.spiders.pages.cases import Case, all_cases, misses

CASES = {case.name: case for case in all_cases()}
PRICE = "spiders.pages.cards.price"
BESIDE = "spiders.pages.cards.offers_beside"
DELIVERY = "spiders.pages.cards.delivery"
INFO = "spiders.pages.searches.search_info"
OFFERED = "spiders.pages.searches.left_column"
BADGES = "spiders.pages.cards.badges"


def nothing(*_: object, **__: object) -> None:
    return None


def no(*_: object, **__: object) -> bool:
    return False


def yes(*_: object, **__: object) -> bool:
    return True


def without_in_price(piece: str) -> re.Pattern[str]:
    """The pattern of a price, with a letter that no page holds in the piece's place."""
    assert piece in money._PRICE.pattern
    filler = "" if piece.endswith("|") else "\u0001"
    return re.compile(money._PRICE.pattern.replace(piece, filler))


RULES: list[tuple[str, str, Any]] = [
    ("search_instalments_brazil", f"{PRICE}.is_instalment", no),
    ("search_instalments_brazil", f"{PRICE}.unit_from_text_after", nothing),
    ("search_instalments_brazil", f"{PRICE}.CardPrice._unit_of", lambda *_: "piece"),
    ("joiners_stay_inside_titles", "spiders.parsing.text._STRAY_JOINER", re.compile("[\u200c\u200d]")),
    ("unit_prices_after_their_unit", f"{PRICE}.unit_from_text_before", nothing),
    ("unit_prices_japanese_words", f"{PRICE}.may_hold_unit", no),
    ("unit_prices_in_words", "spiders.parsing.prices.units._TIME", re.compile("$^")),
    ("search_instalments_mexico", f"{PRICE}.is_instalment", no),
    ("search_instalments_mexico", "spiders.parsing.prices.price_words._LEADS_ON", re.compile("$^")),
    ("search_instalments_germany", f"{PRICE}.is_instalment", no),
    ("search_instalments_germany", f"{PRICE}.CardPrice._is_part", no),
    ("search_other_offers_sign_before_or_after", f"{BESIDE}.prices_in_text", lambda *_, **__: iter(())),
    ("search_other_offers_sign_before_or_after", f"{BESIDE}._with_price", nothing),
    ("search_other_offers_sign_before_or_after", f"{BESIDE}.find_integer", nothing),
    ("search_other_offers_japan", f"{BESIDE}._PRICES", ".a-color-base"),
    ("search_other_offers_japan", f"{DELIVERY}._is_stock_text", yes),
    ("search_other_offers_japan", f"{DELIVERY}._is_delivery_text", yes),
    ("search_media_cards", f"{PRICE}.CardPrice._own_format", lambda _, plain: plain),
    ("search_media_cards", f"{PRICE}.CardPrice._is_own", no),
    ("search_media_cards", f"{PRICE}.is_purchase_text", no),
    ("search_media_cards", f"{PRICE}.is_purchase_text", yes),
    ("search_media_cards", f"{PRICE}.is_program_price_text", no),
    ("search_media_cards", f"{PRICE}.is_program_price_text", yes),
    ("search_price_for_members", f"{PRICE}.is_members_price_text", no),
    ("search_price_for_members", f"{PRICE}.is_members_price_text", yes),
    ("search_price_for_members", f"{PRICE}.is_from_text", no),
    ("search_price_for_members", f"{PRICE}.is_in_cart_text", no),
    ("search_price_with_pix", f"{PRICE}.is_payment_price_text", no),
    ("search_price_with_pix", f"{PRICE}.CardPrice._is_about", yes),
    ("search_instalments_germany", f"{PRICE}.CardPrice._unit_price_in_text", nothing),
    ("search_price_with_pix", f"{PRICE}.is_payment_price_text", yes),
    ("search_price_between_letters", "spiders.parsing.prices.money._PRICE", without_in_price(money._UNSPACED)),
    ("search_price_between_letters", "spiders.parsing.prices.money._PRICE", without_in_price(f"[{money._WORD_MARKS}]|")),
    ("search_range_joined_by_a_wave", f"{PRICE}._DASH", re.compile("[-–—]")),
    ("search_from_said_after_the_price", "spiders.parsing.prices.price_words._FROM_AFTER", re.compile("$^")),
    ("search_crosscheck_fails", f"{PRICE}.CardPrice._crosscheck", nothing),
    ("search_delivery_and_stock", f"{DELIVERY}._is_stock_text", no),
    ("search_delivery_and_stock", f"{DELIVERY}._is_delivery_text", yes),
    ("search_delivery_and_stock", f"{DELIVERY}.CardDelivery._is_of_other_offer", no),
    ("search_delivery_and_stock", f"{DELIVERY}.CardDelivery._labelled_text", nothing),
    ("search_delivery_and_stock", f"{DELIVERY}._TEXTS", "span[aria-label]"),
    ("search_delivery_and_stock", f"{DELIVERY}._NO_MESSAGE", ".no-such-class"),
    ("search_all_badges_and_deals", f"{BADGES}._is_deal", no),
    ("search_all_badges_and_deals", f"{BADGES}._is_deal", yes),
    ("search_all_badges_and_deals", "spiders.pages.cards.card.BADGE_MARKS", ".a-badge-text"),
    ("search_all_badges_and_deals", f"{BADGES}.instant_from_text", nothing),
    ("search_badges_coupon_deal_prime", f"{BADGES}._SWATCH", "data-nothing"),
    ("search_all_badges_and_deals", f"{BADGES}._COUNTDOWN", ".no-such-class"),
    ("search_all_badges_and_deals", f"{BADGES}._DEAL_LINKS", ()),
    ("search_all_badges_and_deals", f"{BADGES}._type_in_props", nothing),
    ("search_brand_heading_and_certificate", "spiders.pages.cards.heading.CardHeading.brand", nothing),
    ("search_brazil", "spiders.parsing.prices.money._SYMBOLS", {}),
    ("search_cards_without_areas", "spiders.pages.cards.heading._is_linked", yes),
    ("search_layout_2018", f"{PRICE}.CardPrice._old_prices", lambda _: []),
    ("search_layout_2019", "spiders.pages.cards.heading.CardHeading._title_from_data", nothing),
    ("search_price_beside_a_subscription", f"{PRICE}.is_subscription_text", no),
    ("search_price_beside_a_subscription", f"{PRICE}.is_subscription_text", yes),
    ("search_layout_2019_coupon_strike", f"{PRICE}._OLD_STRUCK", ".no-such-class"),
    ("search_layout_2019_coupon_strike", f"{PRICE}._OLD_COUPON", ".no-such-class"),
    ("search_layout_2019_coupon_strike", f"{PRICE}.is_coupon_text", no),
    ("search_layout_2019_coupon_strike", "spiders.pages.cards.rating.rating_from_text", lambda _: 4),
    ("search_layout_2020", f"{PRICE}.CardPrice._unit_price_in_text", nothing),
    ("search_same_asin_twice", "spiders.pages.cards.heading.CardHeading._is_ad", no),
    ("search_info_corrected", f"{INFO}.SearchMessages._corrected_keyword", nothing),
    ("search_info_corrected", f"{INFO}.total_results_from_text", nothing),
    ("search_info_corrected", f"{INFO}._CORRECTED", ".no-such-class"),
    ("search_info_suggested", f"{INFO}._keyword_of_link", nothing),
    ("search_info_department_fallback", f"{INFO}.is_department_fallback_text", no),
    ("search_info_none_stated", f"{INFO}.is_department_fallback_text", yes),
    ("search_info_offered", f"{OFFERED}._Entry.is_chosen", no),
    ("search_info_offered", f"{OFFERED}._Entry.count", nothing),
    ("search_info_offered", f"{OFFERED}._refinement_of_link", nothing),
    ("search_info_offered", f"{OFFERED}._LABEL", ".no-such-class"),
    ("search_info_offered", f"{OFFERED}._STARS", ".no-such-class"),
    ("search_info_offered", f"{OFFERED}._PANEL_TITLE", ".no-such-class"),
    ("search_info_offered", f"{OFFERED}._CHECKED", ".no-such-class"),
    ("search_place_in_a_sentence", "spiders.pages.place.delivery_place_from_header", lambda _, second: second),
    ("search_place_unknown", "spiders.pages.place.delivery_place_from_header", lambda _, second: second),
]  # fmt: skip


# The same in each process that collects: a function's own text holds its address.
@pytest.mark.parametrize(
    ("name", "rule", "wrong"),
    RULES,
    ids=[f"{name}-{rule}-{n}" for n, (name, rule, _) in enumerate(RULES)],
)
def test_taking_out_a_rule_fails_its_fixture(
    name: str, rule: str, *, wrong: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, wrong)
    assert misses(CASES[name])


def is_new(case: Case) -> bool:
    """Cases that name no trap of the first list were written for one rule each."""
    return case.meta["kind"] == "search" and not case.meta["trap"].split(":")[0].isdigit()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if is_new(case)])
def test_each_fixture_of_a_rule_has_its_rule_taken_out(name: str) -> None:
    assert name in {case for case, _, _ in RULES}
