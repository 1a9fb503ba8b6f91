"""The store's own dialogue for guests, in which a visitor chooses where to deliver.

Any page holds the dialogue's address and a token; the dialogue holds the token for the choice; the
choice answers JSON, which proves nothing (see place_shown.py for what does).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from spiders.parsing.text import clean_text
from spiders.sites.places import Place

CHOICE_PATH = "/portal-migration/hz/glow/address-change?actionSource=glow"
# Reported as working where the JSON address answers "updated" and changes nothing.
FORM_PATH = "/gp/delivery/ajax/address-change.html"
TOKEN_HEADER = "anti-csrftoken-a2z"
# Older pages hold the token alone.
DIALOGUE_PATH = (
    "/portal-migration/hz/glow/get-rendered-address-selections"
    "?deviceType=desktop&pageType=Gateway&storeContext=NoStoreName&actionSource=desktop-modal"
)

_MODAL_ID = b"nav-global-location-data-modal-action"
_OLD_TOKEN_ID = b"glowValidationToken"
# How far a tag may reach around its id; the JSON in it is about 500 characters long.
_BEFORE_BYTES, _AFTER_BYTES = 2_000, 6_000
_CSRF = re.compile(rb"""["']?CSRF_TOKEN["']?\s*:\s*["']([^"'\\<>\s]{1,500})["']""")
_CITY_MARK = "[id^=GLUXCity], [name^=GLUXCity]"
_CODE_AND_CITY_MARK = "[id^=GLUXPostalCodeWithCity]"
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class DialogueLink:
    """Where the dialogue is, and the token to ask for it."""

    url: str
    token: str


class DialogueForm(StrEnum):
    """What the dialogue asks for."""

    ONE_FIELD = "one_field"
    TWO_FIELDS = "two_fields"
    CODE_AND_CITY = "code_and_city"
    CITY = "city"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ChoiceAnswer:
    """`words`: what the store says where it refuses."""

    is_accepted: bool
    words: str = ""


def find_dialogue_link(body: bytes, *, page_url: str) -> DialogueLink | None:
    """None where the page holds neither the link nor the older token."""
    if (link := _modal_link(body, page_url)) is not None:
        return link
    node = _node_around(body, _OLD_TOKEN_ID)
    token = node.get("value") if node else None
    return DialogueLink(urljoin(page_url, DIALOGUE_PATH), token) if token else None


def find_choice_token(dialogue: bytes) -> str | None:
    found = _CSRF.search(dialogue)
    return found.group(1).decode("ascii", "replace") if found else None


def dialogue_form(dialogue: bytes) -> DialogueForm:
    tree = LexborHTMLParser(dialogue)
    if tree.css_first(_CODE_AND_CITY_MARK) is not None:
        return DialogueForm.CODE_AND_CITY
    if tree.css_first("#GLUXZipUpdateInput_1") is not None:
        return DialogueForm.TWO_FIELDS
    if tree.css_first("#GLUXZipUpdateInput, [name=GLUXZipUpdateInput]") is not None:
        return DialogueForm.ONE_FIELD
    return DialogueForm.CITY if tree.css_first(_CITY_MARK) is not None else DialogueForm.UNKNOWN


def choice_fields(place: Place) -> dict[str, str]:
    common = {
        "storeContext": "generic",
        "deviceType": "web",
        "pageType": "Gateway",
        "actionSource": "glow",
    }
    if place.postal_code is not None:
        return {"locationType": "LOCATION_INPUT", "zipCode": place.postal_code, **common}
    return {
        "locationType": "COUNTRY",
        "district": place.country,
        "countryCode": place.country,
        **common,
    }


def read_choice_answer(body: bytes) -> ChoiceAnswer:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        return ChoiceAnswer(False, "the store's answer is not JSON")
    updated = answer.get("isAddressUpdated", answer.get("successful"))
    if updated in (1, True, "1", "true"):
        return ChoiceAnswer(True)
    return ChoiceAnswer(False, _words_of(answer))


def _words_of(answer: Mapping[str, Any]) -> str:
    for name in ("errorMessage", "message", "error", "reason"):
        value = answer.get(name)
        if isinstance(value, str) and value.strip():
            return clean_text(value)[:MAX_WORDS]
    return "the store did not accept it"


def _modal_link(body: bytes, page_url: str) -> DialogueLink | None:
    node = _node_around(body, _MODAL_ID)
    if node is None:
        return None
    try:
        modal = json.loads(unescape(node.get("data-a-modal") or ""))
        url, token = modal["url"], modal["ajaxHeaders"][TOKEN_HEADER]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(url, str) or not isinstance(token, str) or not token.isprintable():
        return None
    address = urljoin(page_url, url)
    # The token goes to the store that gave it, and to no other host.
    same_host = urlsplit(address).hostname == urlsplit(page_url).hostname
    return DialogueLink(address, token) if same_host and token else None


def _node_around(body: bytes, name: bytes) -> dict[str, str | None] | None:
    """The attributes of the tag with this id. Only the bytes around it are parsed: pages are large."""
    at = -1
    while (at := body.find(name, at + 1)) >= 0:
        start = body.rfind(b"<", max(0, at - _BEFORE_BYTES), at)
        if start < 0:
            continue
        piece = LexborHTMLParser(body[start : at + _AFTER_BYTES])
        node = piece.css_first(f'[id="{name.decode()}"]')
        if node is not None:
            return dict(node.attrs)
    return None
