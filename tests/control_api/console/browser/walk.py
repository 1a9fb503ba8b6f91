"""The address of every page that an organization can open."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Browser, BrowserContext

from tests.control_api.console.conftest import COOKIE, Person
from tests.control_api.console.routes import console_routes
from tests.control_api.console.seeded import Seeded, make_things
from tests.control_api.monitors.shop import ASINS, Shop

# Parts of pages, files, and pictures.
NO_PAGES = (
    "/live", "<path:name>", "<path:rest>", "/pictures/<int:size>",
    "/page/file", "/page/source", "/page/look",
)  # fmt: skip


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
    """Of each page for each of the seeded jobs, and one that is not there."""
    return _paths(app, person, seeded.jobs, seeded.project, shop)


def one_of_each_page(app: Flask, person: Person, seeded: Seeded, shop: Shop) -> list[str]:
    """With a job that has rows, failures and reasons."""
    return _paths(app, person, (seeded.partial,), seeded.project, shop)


def _paths(
    app: Flask, person: Person, jobs: tuple[str, ...], project: str, shop: Shop
) -> list[str]:
    things = make_things(person.tenant, project)
    found = []
    for method, rule, _ in console_routes(app):
        if method != "GET" or rule.endswith(NO_PAGES):
            continue
        if rule.startswith("/console/jobs/<id>"):
            found += [rule.replace("<id>", job).replace("<int:index>", "0") for job in jobs]
        elif rule.startswith("/console/schedules/<id>"):
            found.append(rule.replace("<id>", things.schedule))
        elif rule.startswith("/console/webhooks/<id>"):
            found.append(rule.replace("<id>", things.webhook))
        elif rule.startswith("/console/monitors/<id>"):
            found.append(rule.replace("<id>", shop.monitor))
        elif rule == "/console/products/<marketplace>/<asin>":
            found.append(f"/console/products/US/{ASINS[0]}")
        elif rule.startswith("/console/watches/<id>"):
            found.append(rule.replace("<id>", f"{shop.monitor}:{ASINS[0]}"))
        else:
            assert "<" not in rule, f"{rule} has no object here"
            found.append(rule)
    return [*found, "/console/nothing"]
