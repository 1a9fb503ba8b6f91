"""`scrapy crawl -a deliver_to=`: one crawler, the practice store, and each way in which a store fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spiders.crawling import direct_crawl
from tests.spiders.visitors.direct import crawl
from tests.spiders.visitors.shop import Shop, asins, running_shop

PAKISTAN = {"exit_place": "PK"}


@pytest.fixture(scope="module")
def running() -> Iterator[Shop]:
    with running_shop() as shop:
        yield shop


@pytest.fixture
def shop(running: Shop) -> Shop:
    running.behave(**PAKISTAN)
    running.forget()
    return running


def test_rows_are_of_the_place_that_was_asked_for(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert {row["deliverTo"] for row in found.rows} == {"Chicago 60601"}
    assert {row["deliverToAsked"] for row in found.rows} == {"60601"}
    assert len(found.rows) == 8
    assert not any("location_mismatch" in row["warnings"] for row in found.rows)


def test_one_set_up_of_three_requests_serves_all_targets(shop: Shop, tmp_path: Path) -> None:
    crawl(shop, tmp_path, "deliver_to=60601")
    kinds = [entry["kind"] for entry in shop.dialogue()]
    assert kinds == ["home", "dialogue", "address_json"]
    assert len(shop.pages()) == 8
    assert len({entry["sessionSent"] for entry in shop.pages()}) == 1
    assert {entry["place"] for entry in shop.pages()} == {"Chicago 60601"}


def test_nothing_asked_is_a_stranger_without_a_cookie(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path)
    assert {row["deliverTo"] for row in found.rows} == {"Pakistan"}
    assert {row["deliverToAsked"] for row in found.rows} == {None}
    assert len(shop.requests()) == 8
    assert all(entry["cookies"] == {} for entry in shop.requests())


def test_a_country_is_asked_for_by_its_code(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, "deliver_to=DE", "lang=es-US", "marketplace=US")
    assert {row["deliverTo"] for row in found.rows} == {"Alemania"}
    assert {row["deliverToAsked"] for row in found.rows} == {"DE"}


def test_a_currency_alone_needs_no_dialogue(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, "currency=EUR")
    assert not shop.dialogue()
    assert all(entry["cookies"]["i18n-prefs"] == "EUR" for entry in shop.requests())
    assert {row["price"]["currency"] for row in found.rows if row["price"]} == {"EUR"}
    assert not any("currency_mismatch" in row["warnings"] for row in found.rows)
    assert {row["deliverToAsked"] for row in found.rows} == {None}


def test_a_currency_that_the_store_does_not_show_is_said(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, currency_inert=True)
    found = crawl(shop, tmp_path, "currency=EUR")
    priced = [row for row in found.rows if row["price"]]
    assert priced
    assert all("currency_mismatch" in row["warnings"] for row in priced)


def test_the_form_is_asked_where_the_json_address_does_nothing(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, json_inert=1)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 8
    assert len(shop.dialogue()) == 4
    assert shop.dialogue()[-1]["target"] == "/gp/delivery/ajax/address-change.html"


def test_a_place_that_the_store_ignores_fails_after_two_visitors(
    shop: Shop, tmp_path: Path
) -> None:
    shop.behave(**PAKISTAN, other_place=1)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert found.rows == []
    assert found.failures() == {"WRONG_PLACE": 8}
    assert "asked for 60601, the page shows" in found.log
    assert len(shop.dialogue()) <= 8, "two visitors, four requests each"


def test_with_keep_its_rows_come_and_say_so(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, other_place=1)
    found = crawl(shop, tmp_path, "deliver_to=60601", "on_wrong_place=keep")
    assert len(found.rows) == 8
    assert all("location_mismatch" in row["warnings"] for row in found.rows)
    assert {row["deliverToAsked"] for row in found.rows} == {"60601"}
    assert "Chicago 60601" not in {row["deliverTo"] for row in found.rows}


def test_a_refusal_fails_all_at_once_in_the_words_of_the_store(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, codes_refused=True)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert found.failures() == {"PLACE_REFUSED": 8}
    assert len(shop.dialogue()) == 4
    assert not shop.pages()


def test_a_place_that_gets_lost_is_asked_for_again(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, place_lost_after=5)
    found = crawl(shop, tmp_path, "deliver_to=60601", products=20)
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 20
    assert found.failures() == {}


def test_a_forgotten_session_is_followed_by_another_visitor(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, session_ends_after=6)
    found = crawl(shop, tmp_path, "deliver_to=60601", products=20)
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 20


def test_a_page_without_the_dialogue_fails_for_that_reason(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, token_missing=True)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert found.failures() == {"WRONG_PLACE": 8}
    assert "holds no address dialogue" in found.log
    assert len(shop.requests()) == 1


def test_the_older_token_alone_is_enough(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, token_form="input")
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert [row["deliverTo"] for row in found.rows] == ["Chicago 60601"] * 8


def test_a_dialogue_that_answers_503_is_asked_by_one_for_all(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, dialogue_503=1)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert found.failures() == {"BLOCKED_THROTTLED": 8}
    assert not shop.pages()
    assert len(shop.dialogue()) < 16


def test_a_robots_txt_that_denies_the_dialogue_is_named(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, robots_closed=True)
    found = crawl(shop, tmp_path, "deliver_to=60601", OBEY_ROBOTS="true")
    assert found.failures() == {"PLACE_REFUSED": 8}
    assert "robots.txt of the store denies the address dialogue" in found.log


def test_a_page_that_names_no_place_is_a_row_that_says_so(shop: Shop, tmp_path: Path) -> None:
    shop.behave(**PAKISTAN, place_unnamed=True)
    found = crawl(shop, tmp_path, "deliver_to=60601")
    assert len(found.rows) == 8
    assert all("place_unconfirmed" in row["warnings"] for row in found.rows)


def test_a_visitor_ends_after_its_pages(shop: Shop, tmp_path: Path) -> None:
    crawl(shop, tmp_path, "deliver_to=60601", products=20, VISITOR_MAX_PAGES="5")
    sent = [entry["sessionSent"] for entry in shop.pages()]
    assert len(sent) == 20
    assert all(sent.count(session) <= 5 for session in set(sent))
    assert len(set(sent)) >= 4


def test_no_cookie_of_a_visitor_stands_in_the_log(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, "deliver_to=60601")
    values = {
        value
        for entry in shop.requests()
        for name, value in entry["cookies"].items()
        if name not in ("lc-main", "i18n-prefs")
    }
    assert values
    assert not any(value in found.log for value in values)
    assert not any(value in json.dumps(found.rows) for value in values)


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("deliver_to=1000", "deliver_to: '1000' is not a postal code of US"),
        ("deliver_to=XX", "deliver_to: country 'XX' is not an ISO 3166 code"),
        ("currency=DEM", "currency: 'DEM' is not an ISO 4217 code of a currency in use"),
        ("on_wrong_place=ignore", "on_wrong_place is 'ignore', it must be fail or keep"),
    ],
)
def test_a_wrong_argument_ends_the_crawl_with_one_line(argument: str, words: str) -> None:
    done = direct_crawl("amazon_detail", "-a", f"targets={asins(1)[0]}", "-a", argument)
    assert done.returncode == 2
    assert words in done.stderr.strip().splitlines()[-1]


def test_the_operators_default_holds_where_nothing_is_asked(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, DELIVER_TO="DE=10115,US=60601")
    assert {row["deliverTo"] for row in found.rows} == {"Chicago 60601"}


def test_a_plain_session_for_those_who_want_one(shop: Shop, tmp_path: Path) -> None:
    found = crawl(shop, tmp_path, VISITORS="always")
    assert {row["deliverTo"] for row in found.rows} == {"Pakistan"}
    assert not shop.dialogue()
    first, *others = shop.pages()
    assert not first["sessionSent"]
    assert {entry["sessionSent"] for entry in others} == {first["session"]}
