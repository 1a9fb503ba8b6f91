"""What every page has around it: the person, the menu, the token of its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request

from control_api.console.assets import asset_url
from control_api.console.blueprint import console
from control_api.console.jobs.job_words import FILTERS as JOB_FILTERS
from control_api.console.words import FILTERS
from control_api.http.access import CONSOLE_PREFIX
from control_api.http.browser_session import csrf_token
from control_api.services.accounts.actor import Actor
from control_api.services.records import Role
from settings.version import VERSION


@dataclass(frozen=True, slots=True)
class MenuEntry:
    path: str
    text: str
    is_current: bool


_MENU = (
    ("/console", "Home"),
    ("/console/jobs", "Jobs"),
    ("/console/jobs/new", "New job"),
    ("/console/products", "Products"),
    ("/console/monitors", "Monitors"),
    ("/console/changes", "Changes"),
    ("/console/alerts", "Alerts"),
    ("/console/schedules", "Schedules"),
    ("/console/webhooks", "Webhooks"),
    ("/console/projects", "Projects"),
    ("/console/keys", "API keys"),
    ("/console/usage", "Usage"),
    ("/console/sessions", "Account"),
)
# Pages that stand under an entry of another path.
_UNDER = (
    ("/console/watches", "/console/monitors"),
    ("/console/audit", "/console/usage"),
    ("/console/password", "/console/sessions"),
)
_OWNERS_MENU = (("/console/members", "Members"),)
_ADMINS_MENU = (("/console/operator", "Operator"),)


@console.context_processor
def _frame() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    return {
        "asset": asset_url,
        "person": actor,
        "csrf": csrf_token() if actor else "",
        "menu": _menu(actor),
        "version": VERSION,
    }


for _name, _filter in {**FILTERS, **JOB_FILTERS}.items():
    console.add_app_template_filter(_filter, _name)


def _menu(actor: Actor | None) -> list[MenuEntry]:
    if actor is None:
        return []
    listed = [
        *_MENU,
        *(_OWNERS_MENU if actor.role is Role.OWNER else ()),
        *(_ADMINS_MENU if actor.is_admin else ()),
    ]
    current = _nearest([path for path, _ in listed])
    return [MenuEntry(path, text, path == current) for path, text in listed]


def _nearest(paths: list[str]) -> str:
    """The entry that the page stands under: `/console/jobs` of a job's page."""
    asked = request.path
    if asked == CONSOLE_PREFIX:
        return asked
    for begin, entry in _UNDER:
        if asked.startswith(begin):
            return entry
    under = [
        path for path in paths if path != CONSOLE_PREFIX and f"{asked}/".startswith(f"{path}/")
    ]
    return max(under, key=len, default="")
