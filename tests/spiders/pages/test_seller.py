"""Profiles of sellers: what is read of them, what never is, and pages that are none."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

import spiders.pages.seller as module
from spiders.items.formats.plain import plain_from_item
from spiders.items.seller import RatingSpan, SellerRow
from spiders.pages.fetched import Fetched
from spiders.pages.seller import SellerPage
from spiders.pages.status import PageStatus
from tests.spiders.pages.robustness.mangling import Mangler

SELLER = "A2L77EE7U53NWQ"
URL = f"https://www.amazon.de/sp?seller={SELLER}"
STATES = """
<script type="a-state" data-a-state="{&quot;key&quot;:&quot;thirtyDayRatingsData&quot;}">{"ratingCount":"12","positivePercent":"91"}</script>
<script type="a-state" data-a-state="{&quot;key&quot;:&quot;oneYearRatingsData&quot;}">{"count":345,"positive":93.5}</script>
<script type="a-state" data-a-state="{&quot;key&quot;:&quot;lifetimeRatingsData&quot;}">{"ratingCount":"16.516","positivePercent":"900"}</script>
<script type="a-state" data-a-state="{&quot;key&quot;:&quot;other&quot;}">[]</script>
<script type="a-state" data-a-state="no json">{}</script>
"""
TABLE = """<table id="feedback-summary-table"><tr><th></th><th>30</th><th>90</th><th>12</th><th>*</th></tr>
<tr><td>Positiv</td><td>100&nbsp;%</td><td>97 %</td><td>96 %</td><td>95 %</td></tr>
<tr><td>Negativ</td><td>0 %</td><td>1 %</td><td>2 %</td><td>3 %</td></tr>
<tr><td>Anzahl</td><td>8</td><td>31</td><td>140</td><td>2.345</td></tr></table>"""


def line(label: str, value: str) -> str:
    return f'<div class="a-row"><span class="a-text-bold">{label}</span><span> {value}</span></div>'


IMPRINT = (
    '<div id="page-section-detail-seller-info">'
    + line("Geschäftsname:", "Bücher &amp; mehr GmbH")
    + line("Geschäftsart:", "GmbH")
    + line("Handelsregisternummer:", "HRB 12345")
    + line("UStID:", "DE123456789")
    + line("Unternehmensvertreter:", "Erika Muster")
    + line("Telefonnummer:", "+49 30 123456")
    + line("Kundendienstadresse:", "")
    + "".join(
        f'<div class="a-row indent-left">{part}</div>'
        for part in ("Musterweg 7", "10115 Berlin", "DE")
    )
    + line("Email:", "post@example.org")
    + "</div>"
)
SUMMARY = (
    '<div id="seller-info-feedback-summary"><i class="a-icon a-icon-star-medium a-star-medium-4-5">'
    '<span class="a-icon-alt">4,6 von 5 Sternen</span></i><a>94 % positiv in den letzten 12 Monaten</a></div>'
)


def html_of(*parts: str, name: str = "Bücher &amp; mehr") -> str:
    body = f'<div class="seller-profile"><h1 id="seller-name">{name}</h1>{"".join(parts)}</div>'
    return f'<html lang="de-de"><head><title>x</title></head><body>{body}</body></html>'


def page_of(html: str, *, status: int = 200) -> SellerPage:
    return SellerPage(Fetched(URL, status, {}, html.encode()), seller_id=SELLER, lang="de-DE")


def row_of(*parts: str) -> SellerRow:
    row = page_of(html_of(*parts)).item()
    assert row is not None
    return row


def test_a_profile_is_read() -> None:
    row = row_of(SUMMARY, STATES, IMPRINT)
    assert (row.sellerId, row.name, row.url) == (SELLER, "Bücher & mehr", URL)
    assert (row.rating, row.positivePercent, row.ratingsCount) == (Decimal("4.6"), 94, 16516)
    assert row.ratings is not None
    assert row.ratings.days30 == RatingSpan(12, Decimal(91))
    assert row.ratings.days90 is None
    assert row.ratings.months12 == RatingSpan(345, Decimal("93.5"))
    assert row.ratings.lifetime == RatingSpan(16516, None), "900 is no share"
    assert (row.businessName, row.country) == ("Bücher & mehr GmbH", "DE")
    assert (row.registrationNumber, row.vat) == ("HRB 12345", "DE123456789")
    assert (row.marketplace, row.pageLanguage, row.warnings) == ("DE", "de-DE", [])


def test_nothing_of_a_person_is_read() -> None:
    text = str(plain_from_item(row_of(SUMMARY, STATES, IMPRINT)))
    for private in ("Muster", "Berlin", "10115", "+49", "@"):
        assert private not in text


def test_the_older_table_tells_the_ratings_too() -> None:
    row = row_of(TABLE)
    assert row.ratings is not None
    assert row.ratings.days30 == RatingSpan(8, Decimal(100))
    assert row.ratings.months12 == RatingSpan(140, Decimal(96))
    assert row.ratings.lifetime == RatingSpan(2345, Decimal(95))
    assert (row.positivePercent, row.rating) == (96, None)


# As profiles of 2022 to 2026 hold them: counts by stars, and a box of the imprint that is a row itself.
TODAY = """
<div id="seller-info-feedback-summary"><span><a class="feedback-detail-description"><b>96% positive</b> in the last 12
months (31,483 ratings)</a></span></div><span id="effective-timeperiod-rating-year-description">4.8</span>
<div id="rating-thirty-num"><span class="ratings-reviews-count">2,238</span> ratings</div>
<div id="rating-365d-num"><span class="ratings-reviews-count">31,483</span> ratings</div>
"""
STARS = """
<script type="a-state" data-a-state='{"key":"oneMonthRatingsData"}'>{"ratingCount":200,"star5Count":150,"star4Count":30,"star5":75}</script>
<script type="a-state" data-a-state='{"key":"threeMonthRatingsData"}'>{"ratingCount":"1,200","star5Count":"1,000","star4Count":100}</script>
<script type="a-state" data-a-state='{"key":"twelveMonthRatingsData"}'>{"ratingCount":0,"star5Count":0,"star4Count":0}</script>
<script type="a-state" data-a-state='{"key":"lifetimeRatingsData"}'>{"ratingCount":9000,"star5Count":8000}</script>
"""


def test_the_ratings_of_todays_profiles_are_counted_by_stars() -> None:
    row = row_of(TODAY, STARS)
    assert row.ratings is not None
    assert row.ratings.days30 == RatingSpan(200, Decimal(90))
    assert row.ratings.days90 == RatingSpan(1200, Decimal(92))
    assert row.ratings.months12 == RatingSpan(0, None)
    assert row.ratings.lifetime == RatingSpan(9000, None)
    assert (row.rating, row.positivePercent, row.ratingsCount) == (Decimal("4.8"), 96, 9000)


def test_the_lines_of_the_ratings_tell_them_where_there_is_no_data() -> None:
    row = row_of(TODAY)
    assert row.ratings is not None
    assert row.ratings.days30 == RatingSpan(2238, None)
    assert (row.ratings.days90, row.ratings.months12) == (None, RatingSpan(31483, None))


BOXED = (
    '<div id="page-section-detail-seller-info" class="a-row a-spacing-medium"><div class="a-box">'
    "<h3>Detailed Seller Information</h3>"
    + line("Business Name:", "Lamps Ltd")
    + line("Phone number:", "+49 30 123456")
    + line("Business Address:", "")
    + "".join(
        f'<div class="a-row indent-left"><span>{part}</span></div>'
        for part in ("Musterweg 7", "10115 Berlin", "DE")
    )
    + "</div></div>"
)
LISTED = (
    '<ul class="a-unordered-list a-nostyle a-vertical"><li><span class="a-list-item"><span class="a-text-bold">'
    "Business Name:</span>Lamps Ltd</span></li><li><span class='a-list-item'><span class='a-text-bold'>"
    "Business Address:</span><ul class='a-unordered-list a-nostyle a-vertical'>"
    "<li><span class='a-list-item'>Musterweg 7</span></li><li><span class='a-list-item'>DE</span></li></ul>"
    "</span></li></ul>"
)


@pytest.mark.parametrize("imprint", [BOXED, LISTED])
def test_an_imprint_in_a_row_of_its_own_tells_the_business_alone(imprint: str) -> None:
    row = row_of(imprint)
    assert (row.businessName, row.country) == ("Lamps Ltd", "DE")
    text = str(plain_from_item(row))
    assert not any(private in text for private in ("Muster", "Berlin", "+49"))


def test_a_new_seller_has_a_name_alone() -> None:
    row = row_of()
    assert (row.ratings, row.rating, row.businessName, row.country) == (None, None, None, None)


@pytest.mark.parametrize("last", ["Germany", "10115 Berlin", "D", ""])
def test_a_last_line_that_is_no_code_tells_no_country(last: str) -> None:
    lines = "".join(f'<div class="a-row indent-left">{part}</div>' for part in ("Street 1", last))
    row = row_of(
        f'<div id="page-section-detail-seller-info">{line("Business Address:", "")}{lines}</div>'
    )
    assert row.country is None


@pytest.mark.parametrize(
    ("html", "status", "found"),
    [
        (html_of(name=""), 200, PageStatus.EMPTY_UNEXPLAINED),
        (html_of(SUMMARY), 404, PageStatus.NOT_FOUND),
        (html_of(SUMMARY), 503, PageStatus.THROTTLED),
        ('<html><form name="signIn"></form></html>', 200, PageStatus.SIGNIN),
        (html_of(SUMMARY)[:-40], 200, PageStatus.TRUNCATED),
    ],
)
def test_what_is_no_profile_gives_no_row(html: str, status: int, found: PageStatus) -> None:
    page = page_of(html, status=status)
    assert (page.status, page.item()) == (found, None)


@pytest.mark.parametrize(
    ("name", "without"),
    [
        ("_SUMMARY", ("nothing",)),
        ("_IMPRINT", ("nothing",)),
        ("_SPANS", {}),
        ("_COUNTS", ("nothing",)),
        ("_PERCENTS", ("nothing",)),
        ("field_of_label", lambda label: None),
        ("is_address_label", lambda label: False),
        ("rating_from_text", lambda text: None),
    ],
)
def test_taking_a_rule_out_changes_the_row(
    name: str, without: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fields() -> dict[str, object]:
        row = plain_from_item(row_of(SUMMARY, STATES, IMPRINT))
        return {key: value for key, value in row.items() if key != "scrapedAt"}

    before = fields()
    monkeypatch.setattr(module, name, without)
    assert fields() != before


def test_no_mangled_profile_breaks_the_reader() -> None:
    chance = random.Random(4)
    html = html_of(SUMMARY, STATES, TABLE, IMPRINT)
    for _ in range(150):
        mangled = Mangler(html, chance).mangle()
        fetched = Fetched(URL, 200, {}, mangled.body, encoding=mangled.encoding)
        row = SellerPage(fetched, seller_id=SELLER).item()
        if row is not None:
            assert row.name
            if mangled.is_same:
                assert (row.businessName, row.ratingsCount) == ("Bücher & mehr GmbH", 16516)
