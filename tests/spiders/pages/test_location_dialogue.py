from __future__ import annotations

import json
from html import escape

import pytest

from spiders.pages.location_dialogue import (
    DialogueForm,
    choice_fields,
    dialogue_form,
    find_choice_token,
    find_dialogue_link,
    read_choice_answer,
)
from spiders.sites.places import Place

PAGE = "https://www.amazon.de/dp/B000000001"
URL = "/portal-migration/hz/glow/get-rendered-address-selections?deviceType=desktop&pageType=Detail"


def page(modal: object) -> bytes:
    text = modal if isinstance(modal, str) else json.dumps(modal)
    return (
        f"<html><body>{'<p>x</p>' * 5000}<script>var a='nav-global-location-data-modal-action';</script>"
        f'<span class="a-declarative" data-a-modal="{escape(text)}"'
        f' id="nav-global-location-data-modal-action"></span></body></html>'
    ).encode()


def test_the_link_and_its_token() -> None:
    modal = {"url": URL, "ajaxHeaders": {"anti-csrftoken-a2z": "a/b+c=="}, "name": "glow-modal"}
    link = find_dialogue_link(page(modal), page_url=PAGE)
    assert link is not None
    assert (link.url, link.token) == (f"https://www.amazon.de{URL}", "a/b+c==")


def test_the_older_token() -> None:
    body = b'<html><input type="hidden" id="glowValidationToken" name="g" value="old=="></html>'
    link = find_dialogue_link(body, page_url=PAGE)
    assert link is not None
    assert link.token == "old=="
    assert link.url.startswith("https://www.amazon.de/portal-migration/")


@pytest.mark.parametrize(
    "modal",
    [
        "no json", {}, {"url": URL}, {"url": URL, "ajaxHeaders": {}}, {"url": 5, "ajaxHeaders": {"anti-csrftoken-a2z": "x"}},
        {"url": URL, "ajaxHeaders": {"anti-csrftoken-a2z": ""}}, [1],
        {"url": URL, "ajaxHeaders": {"anti-csrftoken-a2z": "x\r\nEvil: 1"}},
        {"url": "https://evil.example/x", "ajaxHeaders": {"anti-csrftoken-a2z": "x"}},
        {"url": "//evil.example/x", "ajaxHeaders": {"anti-csrftoken-a2z": "x"}},
    ],
)  # fmt: skip
def test_what_is_no_link(modal: object) -> None:
    assert find_dialogue_link(page(modal), page_url=PAGE) is None


@pytest.mark.parametrize(
    ("script", "token"),
    [
        (b'<script>x = {CSRF_TOKEN : "ab/c+d==", b: 1}</script>', "ab/c+d=="),
        (b"<script>x = {'CSRF_TOKEN':'abc'}</script>", "abc"),
        (b"<script>CSRF_TOKEN</script>", None),
        (b"", None),
    ],
)
def test_the_token_for_the_choice(script: bytes, token: str | None) -> None:
    assert find_choice_token(script) == token


@pytest.mark.parametrize(
    ("html", "form"),
    [
        (b'<input id="GLUXZipUpdateInput">', DialogueForm.ONE_FIELD),
        (b'<input id="GLUXZipUpdateInput_0"><input id="GLUXZipUpdateInput_1">', DialogueForm.TWO_FIELDS),
        (b'<input id="GLUXPostalCodeWithCity_PostalCodeInput">', DialogueForm.CODE_AND_CITY),
        (b'<select id="GLUXCitySelect">', DialogueForm.CITY),
        (b"<p>", DialogueForm.UNKNOWN),
    ],
)  # fmt: skip
def test_what_the_dialogue_asks_for(html: bytes, form: DialogueForm) -> None:
    assert dialogue_form(html) is form


def test_what_is_sent() -> None:
    code = choice_fields(Place("CA", "M5H 2N2"))
    assert (code["locationType"], code["zipCode"]) == ("LOCATION_INPUT", "M5H 2N2")
    country = choice_fields(Place("DE"))
    assert (country["locationType"], country["district"], country["countryCode"]) == (
        "COUNTRY",
        "DE",
        "DE",
    )


@pytest.mark.parametrize(
    ("body", "accepted", "words"),
    [
        (b'{"isAddressUpdated": 1}', True, ""),
        (b'{"isAddressUpdated": true, "successful": 1}', True, ""),
        (b'{"successful": 1}', True, ""),
        (b'{"isAddressUpdated": 0, "errorMessage": "No such code"}', False, "No such code"),
        (b'{"isAddressUpdated": 0}', False, "the store did not accept it"),
        (b"{}", False, "the store did not accept it"),
        (b"<html>", False, "the store's answer is not JSON"),
        (b"[1]", False, "the store's answer is not JSON"),
    ],
)
def test_what_the_store_answers(body: bytes, accepted: bool, words: str) -> None:
    answer = read_choice_answer(body)
    assert (answer.is_accepted, answer.words) == (accepted, words)
