"""Every page in a real Chromium: whole, quiet, within a phone's width, and the same without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from pymongo.database import Database
from redis import Redis

from control_api.http.access import CONSOLE_PUBLIC
from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.console.browsing import Watched, chromium, served
from tests.control_api.console.conftest import COOKIE, Person
from tests.control_api.console.seeded import Seeded, make_things, search_row, seed
from tests.control_api.console.test_protection import console_routes
from tests.control_api.crawling import end_target
from tests.control_api.monitors.shop import ASINS, Shop, two
from tests.control_api.monitors.shop import page as page_of
from tests.stores import Store

pytestmark = pytest.mark.usefixtures("browser")


@pytest.fixture(scope="module")
def browsers() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def base(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


@pytest.fixture
def shop(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> Shop:
    """A monitor of which a product has a history."""
    made = Shop(person.tenant, settlement, Store(config, database, redis_client))
    made.add(*ASINS[:2])
    for price in ("24.99", "18.99"):
        made.round(two(page_of(price), page_of()))
    return made


def context_of(browsers: Browser, base: str, person: Person, **options) -> BrowserContext:
    context = browsers.new_context(**options)
    cookie = {
        "name": COOKIE,
        "value": person.cookie() or "",
        "url": base.replace("http:", "https:"),
        "secure": True,
    }
    context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Lax"}])  # type: ignore[list-item]
    return context


def paths_of(app: Flask, person: Person, seeded: Seeded, shop: Shop) -> list[str]:
    things = make_things(person.tenant, seeded.project)
    found = []
    for method, rule, _ in console_routes(app):
        if method != "GET" or rule.endswith(("/live", "<path:name>", "<path:rest>")):
            continue
        if rule.startswith("/console/jobs/<id>"):
            found += [rule.replace("<id>", job).replace("<int:index>", "0") for job in seeded.jobs]
        elif rule.startswith("/console/schedules/<id>"):
            found.append(rule.replace("<id>", things.schedule))
        elif rule.startswith("/console/webhooks/<id>"):
            found.append(rule.replace("<id>", things.webhook))
        elif rule.startswith("/console/monitors/<id>"):
            found.append(rule.replace("<id>", shop.monitor))
        elif rule.startswith("/console/watches/<id>"):
            found.append(rule.replace("<id>", f"{shop.monitor}:{ASINS[0]}"))
        else:
            assert "<" not in rule, f"{rule} has no object here"
            found.append(rule)
    return [*found, "/console/nothing"]


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
    rules = [
        r
        for m, r, _ in console_routes(app)
        if m == "GET" and not r.endswith(("/live", "name>", "rest>"))
    ]
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
    assert page.locator(".state", has_text="cancelled").first.is_visible()
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


def test_the_routes_of_people_without_a_session_are_pages_too() -> None:
    assert {path for method, path in CONSOLE_PUBLIC if method == "POST"} == {
        "/console/login",
        "/console/enter",
    }
