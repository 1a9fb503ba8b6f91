"""What strangers try, in a real Chromium: texts that want to be more, and pages of other sites.

A table: each line is a try, and says what must not have happened after it. The other site is `localhost`, which
a browser takes for another site than 127.0.0.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page
from pymongo.database import Database

from storage.jobs.settlement import Settlement
from storage.runs.logs import RunLogs
from storage.runs.spiders import Spiders
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.console.browser.browsing import Watched
from tests.control_api.console.browser.walk import context_of, one_of_each_page
from tests.control_api.console.conftest import COOKIE, Person
from tests.control_api.console.seeded import HOSTILE, HOSTILE_LINKS, Seeded, seed
from tests.control_api.crawling import DEPLOYED, end_target
from tests.control_api.monitors.shop import ASINS, Shop, page, two

pytestmark = pytest.mark.usefixtures("browser")

# What a text would leave behind if it were markup: an element, an attribute or a link of its own.
_MARKS = """() => [
    ...[...document.querySelectorAll("script")].filter((one) => !one.src.startsWith(location.origin + "/console/assets/")),
    ...document.querySelectorAll("img:not(.thumb, .product), iframe:not(.look > [sandbox='']), object, embed, base, style, [style]"),
    ...[...document.querySelectorAll("a")].filter((one) => !["http:", "https:"].includes(one.protocol)),
    ...[...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((attribute) =>
        attribute.name.startsWith("on")
        || attribute.name.startsWith("hx-") && !one.matches("#live, #rows, [hx-swap-oob]"))),
].map((one) => one.outerHTML.slice(0, 200))"""


@dataclass
class Scene:
    """A person who is signed in, in a browser that has a page of the other site open."""

    base: str
    evil: Evil
    page: Page
    watched: Watched
    person: Person
    app: Flask
    database: Database
    browser: Browser
    make_tenant: Callable[..., Tenant]

    def lure(self, html: str) -> None:
        """The person opens a page of the other site."""
        self.evil.html = html
        self.page.goto(self.evil.url)
        self.page.wait_for_load_state("networkidle")

    def everything(self) -> dict[str, int]:
        return {
            name: self.database[name].count_documents({})
            for name in sorted(self.database.list_collection_names())
        }

    def who(self) -> str | None:
        """As whom the browser is signed in."""
        self.page.goto(f"{self.base}/console/sessions")
        return self.page.locator(".who").get_attribute("title")


@dataclass
class Evil:
    port: int = 0
    html: str = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/"


@contextmanager
def evil_site() -> Iterator[Evil]:
    evil = Evil()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<!doctype html><link rel=icon href=data:,>" + evil.html.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    server.daemon_threads = True
    evil.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield evil
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def scene(
    browsers: Browser, base: str, person: Person, app: Flask, database: Database, make_tenant: Any
) -> Iterator[Scene]:
    context = context_of(browsers, base, person)
    opened = context.new_page()
    with evil_site() as evil:
        yield Scene(
            base, evil, opened, Watched.of(opened, base), person, app, database, browsers, make_tenant
        )  # fmt: skip
    context.close()


def form(action: str, **fields: str) -> str:
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    return (
        f'<form id=f method=post action="{action}">{inputs}</form>'
        "<script>document.getElementById('f').submit()</script>"
    )


def handoff_of(tenant: Tenant) -> str:
    body = {"email": tenant.email, "password": PASSWORD}
    token: str = tenant.client.post("/auth/login-handoff", json=body).json["data"]["handoffToken"]
    return token


def a_form_that_posts_itself(scene: Scene) -> None:
    before = scene.everything()
    for path, fields in (
        ("/practice", {}),
        ("/keys", {"name": "theirs"}),
        ("/projects", {"name": "theirs"}),
        ("/jobs/new", {"type": "search", "targets": "usb hub"}),
        ("/webhooks", {"url": "https://evil.example/hook"}),
        ("/logout", {}),
        ("/password", {"current": PASSWORD, "new": "theirs, and long"}),
    ):
        scene.lure(form(f"{scene.base}/console{path}", csrf="", **fields))
    assert scene.everything() == before
    assert scene.who() == scene.person.tenant.email


def login_as_somebody_else_by_a_form(scene: Scene) -> None:
    attacker = scene.make_tenant()
    for path, fields in (
        ("/login", {"email": attacker.email, "password": PASSWORD}),
        ("/enter", {"token": handoff_of(attacker)}),
        ("/enter", {"token": handoff_of(attacker), "ask": "1", "confirmed": "1"}),
    ):
        scene.lure(form(f"{scene.base}/console{path}", **fields))
        assert scene.who() == scene.person.tenant.email


def login_as_somebody_else_by_a_link(scene: Scene) -> None:
    """The page asks, and as whom; without an answer nothing changes."""
    attacker = scene.make_tenant()
    link = f"{scene.base}/console/enter#t={handoff_of(attacker)}"
    scene.lure(f"<script>location = '{link}'</script>")
    scene.page.get_by_role("heading", name=f"Continue as {attacker.email}?").wait_for()
    assert scene.who() == scene.person.tenant.email


def login_as_somebody_else_of_who_is_signed_out(scene: Scene) -> None:
    attacker = scene.make_tenant()
    scene.page.context.clear_cookies()
    link = f"{scene.base}/console/enter#t={handoff_of(attacker)}"
    scene.lure(f"<script>location = '{link}'</script>")
    scene.page.get_by_role("heading", name=f"Continue as {attacker.email}?").wait_for()
    scene.page.goto(f"{scene.base}/console")
    assert scene.page.url.startswith(f"{scene.base}/console/login")


def a_frame_around_a_page(scene: Scene) -> None:
    paths = ("/console", "/console/keys", "/console/login", "/console/enter")
    scene.lure("".join(f'<iframe src="{scene.base}{path}"></iframe>' for path in paths))
    frames = [one for one in scene.page.frames if one is not scene.page.main_frame]
    assert len(frames) == len(paths)
    assert {frame.url for frame in frames} == {"chrome-error://chromewebdata/"}


def a_page_read_by_a_script(scene: Scene) -> None:
    scene.lure("")
    for path in ("/console", "/console/keys", "/jobs"):
        read = scene.page.evaluate(
            "(url) => fetch(url, {credentials: 'include'}).then((a) => a.text(), () => null)",
            scene.base + path,
        )
        assert read is None
    shown = scene.page.evaluate(
        "(url) => new Promise((done) => { const i = new Image();"
        " i.onload = () => done(true); i.onerror = () => done(false); i.src = url; })",
        f"{scene.base}/favicon.ico",
    )
    assert shown is False


def a_window_that_keeps_its_opener(scene: Scene) -> None:
    scene.lure("")
    with scene.page.expect_popup() as popup:
        scene.page.evaluate(
            "(url) => { window.got = window.open(url) }", f"{scene.base}/console/login"
        )
    popup.value.get_by_role("heading", name="Sign in").wait_for()
    assert popup.value.evaluate("window.opener") is None
    assert scene.page.evaluate("window.got.closed") is True


def a_session_that_was_planted(scene: Scene) -> None:
    attacker = scene.make_tenant()
    known = sign_in_token(scene.app, attacker)
    context = scene.browser.new_context()
    planted = {
        "name": COOKIE, "value": known, "url": scene.base.replace("http:", "https:"),
        "secure": True, "httpOnly": True, "sameSite": "Lax",
    }  # fmt: skip
    context.add_cookies([planted])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{scene.base}/console/login")
    page.get_by_label("E-mail").fill(scene.person.tenant.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{scene.base}/console")
    (cookie,) = [one for one in context.cookies(planted["url"]) if one["name"] == COOKIE]
    assert cookie["value"] != known
    context.close()
    client = scene.app.test_client()
    client.set_cookie(COOKIE, known)
    assert client.get("/console").status_code == 303, "nobody's session"


def sign_in_token(app: Flask, tenant: Tenant) -> str:
    from tests.control_api.console.conftest import sign_in

    token = sign_in(app, tenant).cookie()
    assert token
    return token


def a_next_page_elsewhere(scene: Scene) -> None:
    for text in (
        "//localhost", "/\\localhost", "https://localhost", "/console/..%2f..//localhost",
        "/console/%2e%2e/jobs", "/console\t//localhost", "javascript:alert(1)", "/console/\n//localhost",
    ):  # fmt: skip
        scene.page.context.clear_cookies()
        scene.page.goto(f"{scene.base}/console/login")
        scene.page.evaluate(
            "(text) => { document.querySelector('[name=next]').value = text }", text
        )
        scene.page.get_by_label("E-mail").fill(scene.person.tenant.email)
        scene.page.get_by_label("Password").fill(PASSWORD)
        scene.page.get_by_role("button", name="Sign in").click()
        scene.page.wait_for_url(f"{scene.base}/console")


def the_log_of_a_spider_as_a_page(scene: Scene) -> None:
    tenant = scene.person.tenant
    Spiders(scene.database).register([DEPLOYED], version="1")
    job = tenant.post("/api/v1/jobs", json={"spider_name": DEPLOYED.name}).json["jobId"]
    with scene.database.client.start_session() as session:
        RunLogs(scene.database).append(job, HOSTILE, first=0, end_bytes=1_000, session=session)
    path = f"/api/v1/jobs/{job}/logs"
    assert HOSTILE[0] in tenant.get(path).json["lines"]
    scene.page.context.set_extra_http_headers(tenant.headers)
    shown = scene.page.goto(scene.base + path)
    assert shown is not None and shown.headers["content-type"].startswith("application/json")
    assert scene.page.evaluate(_MARKS) == []
    scene.page.context.set_extra_http_headers({})


def a_page_that_was_kept(scene: Scene) -> None:
    """It is looked at in its frame, with all that it tries, and then opened alone."""
    seeded = seed(scene.person.tenant, scene.database)
    path = f"/console/jobs/{seeded.running}/targets/0/page"
    # The browser's tools tell of requests that the policy has kept from being sent.
    unsent: dict[str, str | None] = {}
    scene.page.on("requestfailed", lambda one: unsent.update({one.url: one.failure}))
    scene.page.goto(scene.base + path)
    title = scene.page.title()
    scene.page.locator("details.look summary").click()
    frame = scene.page.frame_locator("details.look iframe")
    frame.locator("#said").wait_for()
    frame.locator("#go").click()
    frame.locator("#out").click()
    scene.page.wait_for_timeout(500)
    assert frame.locator("#said").inner_text() == "What the shop said"
    assert (scene.page.url, scene.page.title()) == (scene.base + path, title)
    assert {unsent.get(url) for url in scene.watched.strangers()} == {"csp"}
    told = len(scene.watched.strangers())
    shown = scene.page.goto(f"{scene.base}{path}/source")
    assert shown is not None and shown.headers["content-type"].startswith("text/plain")
    assert scene.page.locator("#said").count() == 0
    alone = scene.page.goto(f"{scene.base}{path}/look")
    assert alone is not None and alone.status == 404
    with pytest.raises(Error, match="Download is starting"):
        scene.page.goto(f"{scene.base}{path}/file")
    assert len(scene.watched.strangers()) == told


ATTACKS: dict[str, Callable[[Scene], None]] = {
    one.__name__: one
    for one in (
        a_form_that_posts_itself,
        login_as_somebody_else_by_a_form,
        login_as_somebody_else_by_a_link,
        login_as_somebody_else_of_who_is_signed_out,
        a_frame_around_a_page,
        a_page_read_by_a_script,
        a_window_that_keeps_its_opener,
        a_session_that_was_planted,
        a_next_page_elsewhere,
        the_log_of_a_spider_as_a_page,
        a_page_that_was_kept,
    )
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_stranger_tries_does_nothing(scene: Scene, attack: str) -> None:
    dialogs: list[str] = []
    scene.page.on("dialog", lambda asked: (dialogs.append(asked.message), asked.dismiss()))
    ATTACKS[attack](scene)
    assert dialogs == []


def test_a_text_is_a_text_on_every_page(
    scene: Scene,
    person: Person,
    seeded: Seeded,
    shop: Shop,
    settlement: Settlement,
    database: Database,
) -> None:
    """In titles, brands, sellers, keywords, links, addresses, labels, notes, and names of all that has one."""
    database["users"].update_one({"_id": person.tenant.user_id}, {"$set": {"isAdmin": True}})
    for text in HOSTILE[:4]:
        said = {"title": text, "brand": text, "seller": {"id": None, "name": text}, "badges": []}
        shop.round(two(page("9.99", **said), page()))
    tenant = person.tenant
    watch = f"/watches/{shop.monitor}:{ASINS[0]}"
    assert tenant.patch(watch, json={"label": HOSTILE[1], "note": HOSTILE[0]}).status_code == 200
    assert tenant.patch(f"/monitors/{shop.monitor}", json={"name": HOSTILE[1]}).status_code == 200
    alert = {"name": HOSTILE[1], "when": {"field": "price", "is": "below", "value": 20}}
    assert tenant.post(f"/monitors/{shop.monitor}/alerts", json=alert).status_code == 201
    job = tenant.make_job(seeded.project, type="details", targets=[ASINS[2]])["id"]
    row = {
        **page(),
        "asin": ASINS[2],
        "title": HOSTILE[0],
        "url": HOSTILE_LINKS[0],
        "marketplace": HOSTILE[1],
    }
    end_target(settlement, job, 0, [row])
    scene.lure(HOSTILE[1] + f"<a href='{HOSTILE_LINKS[0]}'>a</a>")
    assert len(scene.page.evaluate(_MARKS)) == 3, "else nothing is looked for below"
    scene.watched.complaints.clear()
    scene.watched.requests.clear()
    dialogs: list[str] = []
    scene.page.on("dialog", lambda asked: (dialogs.append(asked.message), asked.dismiss()))
    paths = one_of_each_page(scene.app, person, seeded, shop)
    paths += [
        path.replace(seeded.partial, other)
        for other in (seeded.hostile, job)
        for path in paths
        if seeded.partial in path
    ]
    seen = 0
    for path in paths:
        scene.page.goto(scene.base + path)
        assert scene.page.evaluate(_MARKS) == [], path
        seen += "<script>" in scene.page.locator("main").inner_text()
    complaints = [one for one in scene.watched.complaints if "404" not in one]
    assert (dialogs, complaints, scene.watched.strangers()) == ([], [], [])
    # They were there to be read.
    assert seen >= 12
