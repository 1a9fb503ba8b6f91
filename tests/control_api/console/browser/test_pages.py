"""Every page in a real Chromium: whole, quiet, within a phone's width, and the same without script."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from pymongo.database import Database

from control_api.http.access import CONSOLE_PUBLIC
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.console.browser.browsing import Watched
from tests.control_api.console.browser.walk import NO_PAGES, context_of, paths_of
from tests.control_api.console.conftest import Person
from tests.control_api.console.routes import console_routes
from tests.control_api.console.seeded import Seeded, search_row
from tests.control_api.crawling import end_target
from tests.control_api.monitors.shop import Shop

_PAINTED = """() => new Promise((found) => new PerformanceObserver((list) => found(
    list.getEntriesByName("first-contentful-paint")[0].startTime
)).observe({type: "paint", buffered: true}))"""

pytestmark = pytest.mark.usefixtures("browser")


def test_every_page_is_whole_and_quiet(
    browsers: Browser,
    base: str,
    app: Flask,
    person: Person,
    seeded: Seeded,
    shop: Shop,
    database: Database,
) -> None:
    # Who is an admin and an owner sees every page.
    database["users"].update_one({"_id": person.tenant.user_id}, {"$set": {"isAdmin": True}})
    titles: dict[str, str] = {}
    context = context_of(browsers, base, person, viewport={"width": 320, "height": 700})
    page = context.new_page()
    watched = Watched.of(page, base)
    for path in paths_of(app, person, seeded, shop):
        answer = page.goto(base + path, wait_until="load")
        assert answer is not None
        assert answer.status == (404 if path.endswith("nothing") else 200), path
        if path.endswith("nothing"):
            watched.complaints.clear()
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        titles.setdefault(page.title(), path)
        assert watched.complaints == [], path
    assert watched.strangers() == []
    rules = [r for m, r, _ in console_routes(app) if m == "GET" and not r.endswith(NO_PAGES)]
    assert len(titles) >= len(rules), titles
    context.close()


def test_every_page_works_without_script(
    browsers: Browser, base: str, app: Flask, person: Person, seeded: Seeded
) -> None:
    context = context_of(browsers, base, person, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}/console/jobs/{seeded.running}")
    assert page.get_by_text("reload the page").is_visible()
    page.get_by_role("button", name="Cancel").click()
    assert page.url == f"{base}/console/jobs/{seeded.running}"
    page.locator(".state", has_text="cancelled").first.wait_for()
    page.get_by_role("link", name="Targets", exact=True).click()
    assert page.locator("tbody tr").count() == 3
    page.get_by_role("button", name="Sign out").click()
    assert page.url == f"{base}/console/login"
    page.get_by_label("E-mail").fill(person.tenant.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    assert page.url == f"{base}/console"
    context.close()


def test_a_link_signs_in_and_leaves_no_token_behind(
    browsers: Browser, base: str, tenant: Tenant
) -> None:
    body = {"email": tenant.email, "password": PASSWORD}
    token = tenant.client.post("/auth/login-handoff", json=body).json["data"]["handoffToken"]
    context = browsers.new_context()
    page = context.new_page()
    watched = Watched.of(page, base)
    page.goto(f"{base}/console/enter#t={token}")
    page.wait_for_url(f"{base}/console")
    assert not [url for url in watched.requests if token in url.partition("#")[0]]
    page.go_back()
    assert token not in page.url
    context.close()


def test_a_job_moves_without_reload_and_is_left_alone_when_it_has_ended(
    browsers: Browser, base: str, person: Person, settlement: Settlement
) -> None:
    job = person.tenant.make_job(targets=["a", "b"])["id"]
    context = context_of(browsers, base, person)
    page = context.new_page()
    # Five times as fast as a person sees it.
    page.clock.install()
    watched = Watched.of(page, base)
    page.goto(f"{base}/console/jobs/{job}")
    assert page.get_by_text("No rows yet").is_visible()
    end_target(settlement, job, 0, [search_row(1)])
    page.clock.fast_forward(3_000)
    page.get_by_text("Wireless earbuds no. 1").wait_for()
    end_target(settlement, job, 1)
    page.clock.fast_forward(3_000)
    page.locator("#live .state", has_text="succeeded").wait_for()
    page.get_by_role("button", name="Run again").wait_for()
    asked = len(watched.requests)
    page.clock.fast_forward(60_000)
    page.evaluate("1")
    assert len(watched.requests) == asked
    assert watched.complaints == []
    context.close()


def test_a_list_renews_itself_each_minute_and_focus_stays(
    browsers: Browser, base: str, person: Person, settlement: Settlement
) -> None:
    job = person.tenant.make_job()["id"]
    context = context_of(browsers, base, person)
    page = context.new_page()
    page.clock.install()
    watched = Watched.of(page, base)
    page.goto(f"{base}/console/jobs")
    page.keyboard.press("j")
    end_target(settlement, job, 0, [search_row(1)])
    page.clock.fast_forward(61_000)
    page.locator("#live .state", has_text="succeeded").wait_for()
    assert page.evaluate("document.activeElement.id") == f"job-{job}"
    assert page.locator("#live-state").inner_text().startswith("Updated")
    assert watched.complaints == []
    context.close()


def test_a_person_gets_to_a_job_by_keys_alone(
    browsers: Browser, base: str, person: Person, seeded: Seeded
) -> None:
    context = context_of(browsers, base, person)
    page = context.new_page()
    page.goto(f"{base}/console")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    keys.wait_for()
    page.keyboard.press("Escape")
    keys.wait_for(state="hidden")
    page.keyboard.press("/")
    page.keyboard.type("B000000002")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/jobs?q=B000000002")
    assert page.locator("tbody tr").count() == 1
    page.goto(f"{base}/console/jobs?project={seeded.project}")
    for key in ("j", "j", "j", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/jobs/{seeded.failed}")
    context.close()


def test_a_job_is_checked_started_and_cancelled_by_keys_alone(
    browsers: Browser, base: str, person: Person
) -> None:
    context = context_of(browsers, base, person)
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())
    page.goto(f"{base}/console/jobs/new")
    # The first stop leads past the menu.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    tab_to(page, "textarea")
    page.keyboard.type("usb hub")
    tab_to(page, "button[value=check]")
    page.keyboard.press("Enter")
    page.get_by_text("The targets as they are read").wait_for()
    tab_to(page, "main button.main")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/console/jobs/[0-9a-f]{24}$"))
    tab_to(page, "button[data-confirm]")
    page.keyboard.press("Space")
    page.locator("#live .state", has_text="cancelled").wait_for()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Raises AssertionError for what no key leads to."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("(asked) => document.activeElement.matches(asked)", selector):
            return
    raise AssertionError(f"no key leads to {selector} on {page.url}")


@pytest.mark.alone
def test_a_page_of_a_hundred_rows_is_painted_within_half_a_second(
    browsers: Browser, base: str, person: Person, seeded: Seeded
) -> None:
    context = context_of(browsers, base, person)
    page = context.new_page()
    painted = []
    for _ in range(3):
        page.goto(f"{base}/console/jobs/{seeded.running}")
        painted.append(page.evaluate(_PAINTED))
    assert min(painted) <= 500, painted
    context.close()


def test_what_the_policy_forbids_is_noticed(browsers: Browser, base: str) -> None:
    """Else a page that breaks it would look quiet above."""
    page = browsers.new_page()
    watched = Watched.of(page, base)
    page.goto(f"{base}/console/login")
    assert watched.complaints == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("new Image().src = 'https://elsewhere.example/x.png'")
    page.wait_for_function("() => true")
    assert len([one for one in watched.complaints if "Content Security Policy" in one]) == 2
    page.close()


def test_the_routes_of_people_without_a_session_are_pages_too() -> None:
    assert {path for method, path in CONSOLE_PUBLIC if method == "POST"} == {
        "/console/login",
        "/console/enter",
    }
