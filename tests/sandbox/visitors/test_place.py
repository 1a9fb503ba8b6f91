import json

import pytest

from sandbox.goods.catalogue import Catalogue
from sandbox.http.messages import Request
from sandbox.visitors.visited_store import VisitedStore
from tests.sandbox.visitors.conftest import OpenStore
from tests.sandbox.visitors.guest import Guest, is_updated, text_of


@pytest.mark.parametrize("by_form", [False, True])
def test_next_page_names_the_chosen_place(open_store: OpenStore, by_form: bool) -> None:
    guest = Guest(open_store())
    assert guest.place() == "New York 10001"
    assert is_updated(guest.settle("90210", by_form=by_form))
    assert guest.place() == "Los Angeles 90210"


@pytest.mark.parametrize(
    ("host", "code", "shown"),
    [
        ("www.amazon.com", "90210-1234", "Los Angeles 90210"),
        ("www.amazon.com.mx", "32575", "Ciudad Ju... 32575"),
        ("www.amazon.de", "20095", "20095 Hamburg"),
        ("www.amazon.co.uk", "ec1a 1bb", "London EC1A 1"),
        ("www.amazon.ca", "M5H 2N2", "Toronto M5H 2N"),
        ("www.amazon.co.jp", "100-0001", "100-0001"),
        ("www.amazon.se", "111 20", "111 20 Stockholm"),
        ("www.amazon.com.br", "01310-000", "São Paulo 01310-000"),
        ("www.amazon.com.au", "2000", "Sydney 2000"),
    ],
)
def test_codes_of_each_store(open_store: OpenStore, host: str, code: str, shown: str) -> None:
    guest = Guest(open_store(), host=host)
    assert is_updated(guest.settle(code))
    assert guest.place() == shown


@pytest.mark.parametrize(
    ("host", "country", "shown"),
    [
        ("www.amazon.com", "PK", "Pakistan"),
        ("www.amazon.de", "CH", "Schweiz"),
        ("www.amazon.co.jp", "US", "アメリカ合衆国"),
    ],
)
def test_country_is_named_in_the_pages_language(
    open_store: OpenStore, host: str, country: str, shown: str
) -> None:
    guest = Guest(open_store(), host=host)
    assert is_updated(guest.settle(country=country))
    assert guest.place() == shown


@pytest.mark.parametrize(
    ("host", "code"),
    [
        ("www.amazon.com", "SW1A 1AA"),
        ("www.amazon.com", "99999"),
        ("www.amazon.de", "1011"),
        # Of two fields, the page joins them with a space or a hyphen.
        ("www.amazon.ca", "M5H2N2"),
        ("www.amazon.co.jp", "1000001"),
        # These ask for a city.
        ("www.amazon.ae", "00000"),
    ],
)
def test_unknown_code_is_refused_and_changes_nothing(
    open_store: OpenStore, host: str, code: str
) -> None:
    guest = Guest(open_store(), host=host)
    before = guest.place()
    assert not is_updated(guest.settle(code))
    assert guest.place() == before


@pytest.mark.parametrize(
    ("host", "fields"),
    [
        ("www.amazon.com", ["GLUXZipUpdateInput"]),
        ("www.amazon.ca", ["GLUXZipUpdateInput_0", "GLUXZipUpdateInput_1"]),
        ("www.amazon.co.jp", ["GLUXZipUpdateInput_0", "GLUXZipUpdateInput_1"]),
        ("www.amazon.com.br", ["GLUXZipUpdateInput_0", "GLUXZipUpdateInput_1"]),
        (
            "www.amazon.com.au",
            ["GLUXPostalCodeWithCity_PostalCodeInput", "GLUXPostalCodeWithCity_DropdownList"],
        ),
        ("www.amazon.ae", ["GLUXCitySelect", "GLUXDistrictSelect"]),
    ],
)
def test_dialogue_shows_the_stores_own_form(
    open_store: OpenStore, host: str, fields: list[str]
) -> None:
    html = Guest(open_store(), host=host).open_dialogue()
    assert [name for name in fields if f'id="{name}"' in html] == fields
    assert ("GLUXZipUpdateInput" in html) == fields[0].startswith("GLUXZipUpdateInput")


def test_tokens_of_another_step_session_or_time_are_refused(open_store: OpenStore) -> None:
    store = open_store()
    guest, other = Guest(store), Guest(store)
    guest.open_dialogue()
    right = guest.token
    other.open_dialogue()
    for wrong in ("", "x", other.token):
        guest.token = wrong
        assert guest.choose("90210").status == 403
    guest.token = right
    assert is_updated(guest.choose("90210"))
    assert guest.choose("60601").status == 403, "the token is old now"
    assert guest.place() == "Los Angeles 90210"


def test_dialogue_needs_a_session_and_its_headers(open_store: OpenStore) -> None:
    guest = Guest(open_store())
    guest.open_dialogue()
    body = json.dumps({"locationType": "LOCATION_INPUT", "zipCode": "90210"}).encode()
    path = "/portal-migration/hz/glow/address-change"
    sent = guest.xhr(guest.token)

    def status(**headers: str) -> int:
        return guest.ask(path, method="POST", body=body, **headers).status

    assert status(**sent) == 415
    assert status(content_type="application/json", anti_csrftoken_a2z=guest.token) == 403
    held = dict(guest.cookies)
    guest.cookies = {}
    assert status(content_type="application/json", **sent) == 403
    guest.cookies = held
    assert status(content_type="application/json", **sent) == 200


def test_price_seller_and_delivery_follow_the_place(open_store: OpenStore) -> None:
    store = open_store()
    asin = _asin(store, 3)

    def facts(place: str) -> dict[str, object]:
        target = f"/dp/{asin}?place={place}"
        found = store.find_facts(Request("GET", target, {"host": "sandbox.test"}))
        assert found
        return found

    home, west = facts("US:10001"), facts("US:90210")
    for name in ("price", "seller", "deliveryDate", "deliverTo"):
        assert home[name] != west[name], name
    guest = Guest(store)
    guest.settle("90210")
    html = guest.page(f"/dp/{asin}")
    price = west["price"]
    assert isinstance(price, dict)
    assert f"${price['amount']}" in html and str(west["seller"]) in html
    assert str(west["deliveryDate"]) in html


def test_abroad_most_products_have_no_price(
    open_store: OpenStore, small_catalogue: Catalogue
) -> None:
    store = open_store()

    def share_with_price(place: str) -> float:
        count = 0
        for number in range(200):
            target = f"/dp/{small_catalogue.asin(number)}?place={place}"
            facts = store.find_facts(Request("GET", target, {"host": "sandbox.test"}))
            assert facts
            count += facts["price"] is not None
        return count / 200

    assert share_with_price("US:10001") == share_with_price("US:90210") > 0.7
    assert 0.3 < share_with_price("PK") < 0.45


def test_cards_of_a_search_follow_the_place(open_store: OpenStore) -> None:
    store = open_store()

    def prices(place: str) -> list[object]:
        target = f"/s?k=desk+lamp&place={place}"
        facts = store.find_facts(Request("GET", target, {"host": "sandbox.test"}))
        assert facts and isinstance(facts["rows"], list)
        return [row["price"] for row in facts["rows"]]

    home, west, abroad = prices("US:10001"), prices("US:90210"), prices("PK")
    assert len(home) == len(west) == len(abroad)
    assert home != west
    assert sum(price is None for price in abroad) > 2 * sum(price is None for price in home)


def test_currency_is_converted_at_a_fixed_rate(open_store: OpenStore) -> None:
    store = open_store()
    guest = Guest(store)
    asin = _asin(store, 1)
    dollars = guest.page(f"/dp/{asin}")
    guest.cookies["i18n-prefs"] = "EUR"
    euros = guest.page(f"/dp/{asin}")
    assert "EUR\u00a0" in euros and "EUR\u00a0" not in dollars
    facts = store.find_facts(Request("GET", f"/dp/{asin}?currency=EUR", {"host": "sandbox.test"}))
    assert facts and isinstance(facts["price"], dict)
    assert facts["price"]["currency"] == "EUR"
    assert f"EUR\u00a0{facts['price']['amount']}" in euros
    guest.cookies["i18n-prefs"] = "XYZ"
    assert guest.page(f"/dp/{asin}") != euros


def _asin(store: VisitedStore, number: int) -> str:
    return store._store._catalogue.asin(number)


def test_not_html_is_answered_to_the_dialogues_addresses(open_store: OpenStore) -> None:
    reply = Guest(open_store()).settle("90210")
    assert reply.content_type.startswith("application/json")
    assert json.loads(text_of(reply))["address"]["zipCode"] == "90210"
