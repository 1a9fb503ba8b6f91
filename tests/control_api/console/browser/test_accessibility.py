"""axe-core finds nothing on any page, light and dark, wide and as on a phone."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize
from pymongo.database import Database

from tests.control_api.console.browser.accessibility import OF_COLOURS, findings
from tests.control_api.console.browser.walk import context_of, one_of_each_page
from tests.control_api.console.conftest import Person
from tests.control_api.console.seeded import Seeded
from tests.control_api.monitors.shop import Shop

pytestmark = pytest.mark.usefixtures("browser")

LOOKS: dict[str, ViewportSize] = {
    "wide": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}


def test_axe_finds_nothing(
    browsers: Browser,
    base: str,
    app: Flask,
    person: Person,
    seeded: Seeded,
    shop: Shop,
    database: Database,
) -> None:
    database["users"].update_one({"_id": person.tenant.user_id}, {"$set": {"isAdmin": True}})
    context = context_of(browsers, base, person)
    page = context.new_page()
    found: list[str] = []
    for path in one_of_each_page(app, person, seeded, shop):
        page.goto(base + path)
        found += seen_by_axe(page)
    page.goto(f"{base}/console/jobs/new")
    page.get_by_label("Targets").fill("usb hub\nusb hub\n\n" + "a" * 600)
    page.get_by_role("button", name="Check first").click()
    found += seen_by_axe(page)
    page.goto(f"{base}/console/keys")
    page.get_by_label("Name").fill("a key")
    page.get_by_role("button", name="Create").click()
    found += seen_by_axe(page)
    page.keyboard.press("?")
    found += seen_by_axe(page)
    context.close()
    assert found == []


def seen_by_axe(page: Page) -> list[str]:
    """Colours differ by scheme, and all the rest by size alone."""
    found: list[str] = []
    for look, size in LOOKS.items():
        page.set_viewport_size(size)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        for scheme, rules in (("light", None), ("dark", OF_COLOURS)):
            page.emulate_media(color_scheme=scheme)
            found += [f"{page.url} {look} {scheme}: {line}" for line in findings(page, rules)]
    return found
