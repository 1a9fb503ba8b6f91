"""Tests of the tests, rule by rule: whichever rule of a product page is taken out, a fixture notices."""

from __future__ import annotations

import pytest

import spiders.pages.product as product_page
import spiders.pages.sections.buybox as buybox
import spiders.pages.sections.details as details
import spiders.pages.sections.list_price as list_price
import spiders.pages.sections.other_offers as other_offers
import spiders.pages.sections.price as price
import spiders.pages.sections.price_notes as price_notes
import spiders.pages.sections.price_places as price_places
import spiders.pages.sections.promotions as promotions
import spiders.pages.sections.rating as rating
import spiders.pages.sections.seller as seller
import spiders.pages.sections.shipping as shipping
import spiders.pages.sections.variations as variations
import spiders.pages.sections.videos as videos
from spiders.pages.document import text_of
from spiders.pages.sections.identity import IdentitySection
from spiders.pages.sections.media import MediaSection
from tests.spiders.pages.cases import all_cases, misses
from tests.spiders.pages.mutations.rules import Rule, says

PRODUCT_CASES = [case for case in all_cases() if case.meta["kind"] == "detail"]


RULES = [
    # A page without its offer is partial, and those that say why are not.
    Rule(product_page, "has_empty_price_block", says(False)),
    Rule(product_page, "_STATES_WITH_AN_OFFER", ("featured", "unknown", "unavailable", "digital")),
    Rule(product_page, "FORMATS", ("nothing",)),
    Rule(price_places, "_PRICE_BLOCKS", ()),
    Rule(buybox, "_DIGITAL_PREFIXES", ()),
    # What can be bought.
    Rule(buybox, "_PARTIAL_STATE", ("nothing",)),
    Rule(buybox, "_UNSEEN", frozenset()),
    Rule(buybox, "_can_be_seen", says(True)),
    Rule(buybox, "_can_be_pressed", says(True)),
    Rule(buybox, "is_leaf", says(False)),
    Rule(buybox, "is_out_for_a_time_text", says(False)),
    Rule(shipping, "is_for_members_text", lambda text: "prime" in text.casefold()),
    Rule(variations, "is_prompt_text", says(False)),
    Rule(variations.VariationSection, "_unchosen", set()),
    Rule(variations.VariationSection, "has_unchosen", False),
    Rule(variations.VariationSection, "has_place", True),
    # Who sells.
    Rule(seller.SellerSection, "_is_of_used_offer", says(False)),
    Rule(seller, "_EBOOK_SELLER", "nothing"),
    Rule(seller, "_first_line", text_of),
    Rule(seller, "is_shipper_label", says(False)),
    Rule(seller, "is_seller_label", says(False)),
    Rule(seller, "names_two_roles", says(False)),
    Rule(seller, "names_two_roles", says(True)),
    Rule(seller, "_SHORT_FORMS", ()),
    Rule(seller.SellerSection, "_shipper_from_sentence", says(None)),
    Rule(seller, "amazon_in_sentence", says(None)),
    # Notes on prices.
    Rule(price_notes, "_OLD_LABELS", ()),
    Rule(price_notes, "may_be_from_text", says(False)),
    Rule(price_notes, "is_from_text", says(False)),
    Rule(price_notes, "is_from_text", says(True)),
    Rule(price_notes, "is_in_cart_text", says(False)),
    Rule(price_notes, "is_members_price_text", says(False)),
    Rule(price, "_ONE_PAYMENT", "nothing"),
    Rule(price.PriceSection, "is_of_a_program", False),
    Rule(price, "_UNIT_TEXT_PLACES", ()),
    Rule(price, "may_hold_unit", lambda text: "/" in text),
    Rule(price.PriceSection, "_marked_unit_price", says(None)),
    Rule(price_places, "_REPEATED_BLOCKS", ()),
    Rule(list_price, "_SHOWN_PERCENT", ".nothing"),
    Rule(list_price, "_OLD_LABELLED", ("nothing",)),
    # Offers, delivery, promotions.
    Rule(other_offers, "_LINE_PLACES", ()),
    Rule(other_offers, "_LIST_PLACES", ()),
    Rule(other_offers, "_OF_SELECTED_FORMAT", {}),
    Rule(other_offers.OtherOffersSection, "_price_in", says(None)),
    Rule(other_offers, "_text_with_price", other_offers._spaced),
    Rule(shipping, "is_free_text", says(False)),
    Rule(shipping, "_CONDITION", "nothing"),
    Rule(shipping, "is_for_members_text", says(False)),
    Rule(shipping, "_ABROAD", ("nothing",)),
    Rule(shipping, "_OLD_PLACES", ()),
    Rule(promotions, "_DEAL_PLACES", ()),
    Rule(promotions, "_DEAL_MARKS", ".nothing"),
    Rule(promotions, "instant_from_text", says(None)),
    Rule(promotions, "_PROMOTION_PLACES", ()),
    Rule(promotions, "is_coupon_text", says(True)),
    # Badges, videos, pictures, details.
    Rule(rating, "_BADGE", ".nothing"),
    Rule(videos.VideoSection, "_from_script", says(None)),
    Rule(videos.VideoSection, "_from_items", says(None)),
    Rule(videos.VideoSection, "_from_elements", says(None)),
    Rule(IdentitySection, "_parent_in_media", says(None)),
    Rule(MediaSection, "_shown_ids", set()),
    Rule(details, "_FREE_TABLE_PLACES", ()),
    Rule(details, "_SHEETS", ".nothing"),
    Rule(details, "_SHEET_PLACES", ("nothing",)),
    Rule(details.DetailsSection, "_has_usual_place", True),
    Rule(details.DetailsSection, "_own_column", says(1)),
    Rule(details.DetailsSection, "_own_column", says(None)),
]


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_taking_a_rule_out_fails_a_fixture(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule.place, rule.name, rule.without)
    assert any(misses(case) for case in PRODUCT_CASES)
