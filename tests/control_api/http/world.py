"""An organization with an object for every route, and the routes themselves: for tests that walk them all."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from pymongo.database import Database

from control_api.http.access import Access, access_of, is_of_console
from storage.accounts.proxies import Proxies
from storage.base.transactions import Transactions
from storage.jobs.settlement import Settlement
from storage.pages.saved_pages import SavedPages
from storage.runs.nodes import Nodes
from storage.runs.spiders import Spiders
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.crawling import DEPLOYED, end_target
from tests.spiders.saved.pages import page_of

CRAWL = {"type": "search", "targets": ["usb hub"]}


PAGE = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}


HOOK = {"url": "https://receiver.example.com/hook", "events": ["job.completed"]}


MONITOR = {"name": "prices", "type": "details"}
KEYWORDS = {**MONITOR, "type": "search", "asins": ["B08N5WRWNW"]}
# What only a watch that is a list answers.
_OF_LISTS = ("placements", "share")
ALERT = {"name": "cheap", "when": {"field": "price", "is": "below", "value": 20}}


# What a request must carry to succeed.
BODIES: Mapping[tuple[str, str], Any] = {
    ("POST", "/auth/change-password"): {"currentPassword": PASSWORD, "newPassword": PASSWORD + "!"},
    ("POST", "/auth/delete-account"): {"currentPassword": PASSWORD, "deleteProjects": True},
    ("POST", "/invitations/accept"): {"token": "an invitation's token"},
    ("POST", "/projects"): {"name": "new"},
    ("PATCH", "/projects/<id>"): {"name": "renamed"},
    ("POST", "/projects/<projectId>/jobs"): CRAWL,
    ("POST", "/projects/<projectId>/jobs/check"): CRAWL,
    ("POST", "/schedules/preview"): {"cron": "0 6 * * *"},
    ("POST", "/projects/<projectId>/schedules"): {"cron": "0 6 * * *", "crawlConfig": CRAWL},
    ("PATCH", "/schedules/<id>"): {"enabled": False},
    ("POST", "/projects/<projectId>/webhooks"): HOOK,
    ("PATCH", "/webhooks/<id>"): {"enabled": True},
    ("POST", "/projects/<projectId>/monitors"): MONITOR,
    ("PATCH", "/monitors/<id>"): {"name": "renamed"},
    ("POST", "/monitors/<id>/rounds"): {},
    ("POST", "/monitors/<id>/watches"): {"watches": [{"value": "B091G3FLL7"}]},
    ("PATCH", "/watches/<id>"): {"label": "own"},
    ("POST", "/monitors/<id>/alerts"): ALERT,
    ("POST", "/monitors/<id>/alerts/preview"): {"when": ALERT["when"]},
    ("PATCH", "/alerts/<id>"): {"name": "renamed"},
    ("POST", "/private/projects/<projectId>/api-keys"): {"name": "a key"},
    ("PATCH", "/private/projects/<projectId>/api-keys/<id>"): {"name": "a key"},
    ("POST", "/organization/members"): {"email": "new@example.com", "password": PASSWORD},
    ("PATCH", "/organization/members/<id>"): {"role": "owner"},
    ("POST", "/organization/invitations"): {},
    ("PATCH", "/admin/settings"): {"crawlRate": {"marketplaces": {"US": 30}}},
    ("PATCH", "/admin/referral-settings"): {"defaultCommissionPercent": 5},
    ("PATCH", "/admin/organizations/<id>"): {"plan": "unlimited"},
    ("POST", "/admin/organizations/<id>/credits"): {"amount": 1, "reason": "a gift"},
    ("PATCH", "/admin/nodes/<name>"): {"draining": True},
    ("POST", "/admin/proxies"): {"url": "http://user:pass@proxy.example.com:8080"},
    ("POST", "/api/v1/jobs"): PAGE,
    ("POST", "/api/v1/webhooks"): {"webhook_url": HOOK["url"], "events": HOOK["events"]},
    ("POST", "/api/v1/api-keys"): {"name": "a key"},
    ("PATCH", "/api/v1/spiders/<id>"): {"description": "changed"},
    ("PATCH", "/api/v1/schedules/<id>"): {"enabled": False},
}


# What is sent as a file.
FILES: Mapping[str, bytes] = {"/monitors/<id>/watches/import": b"B08N5WRWNW\n"}


class World:
    """One organization with everything in it; each object is made when a path needs it."""

    def __init__(self, owner: Tenant, settlement: Settlement, database: Database) -> None:
        self._owner = owner
        self._settlement = settlement
        self._database = database
        self.project = owner.make_project()
        self.job = owner.make_job(self.project)["id"]
        Spiders(database).register([DEPLOYED], version="1")
        self._numbers = itertools.count(1)

    def body(self, method: str, rule: str) -> Any:
        """What a request must carry to succeed; names that may not repeat are new each time."""
        if (method, rule) == ("POST", "/api/v1/spiders"):
            return {"name": f"preset {next(self._numbers)}", "repo_path": DEPLOYED.repo_path}
        if (method, rule) == ("POST", "/api/v1/schedules"):
            deployed = self._database["spiders"].find_one({"name": DEPLOYED.name})
            return {"spider_id": deployed["_id"], "cron_expression": "0 6 * * *"}
        if (method, rule) == ("POST", "/admin/nodes"):
            return {"url": f"http://node-{next(self._numbers)}.example.com:6800"}
        return BODIES.get((method, rule))

    def sent(self, method: str, rule: str) -> dict[str, Any]:
        """The body as a test client takes it."""
        if rule in FILES:
            return {"data": FILES[rule], "content_type": "text/csv"}
        return {"json": self.body(method, rule)}

    def path(self, rule: str) -> str:
        """A path of `rule` with objects that the request can be made on, whatever came before."""
        for collection, make in self._makers().items():
            if rule.startswith(collection):
                return make(rule)
        assert "<" not in rule, f"{rule} has no object here"
        return rule

    def _makers(self) -> Mapping[str, Callable[[str], str]]:
        return {
            "/projects/<projectId>": lambda rule: rule.replace("<projectId>", self.project),
            "/projects/<id>": self._project_path,
            "/jobs/<id>": self._job_path,
            "/schedules/<id>": self._schedule_path,
            "/marketplaces/<code>": lambda rule: rule.replace("<code>", "DE"),
            "/webhooks/<id>": self._webhook_path,
            "/monitors/<id>": self._monitor_path,
            "/watches/<id>": self._watch_path,
            "/alerts/<id>": self._alert_path,
            "/private/projects/<projectId>": self._key_path,
            "/organization/members/<id>": self._member_path,
            "/organization/invitations/<id>": self._invitation_path,
            "/organization/api-keys/<id>": self._organization_key_path,
            "/admin/referrals/<id>": lambda rule: rule.replace("<id>", self._owner.user_id),
            "/admin/nodes/<name>": self._node_path,
            "/admin/proxies/<id>": self._proxy_path,
            "/api/v1/jobs/<id>/": self._spider_job_path,
            "/api/v1/jobs/<id>": self._page_job_path,
            "/api/v1/results/<job_id>": self._page_job_path,
            "/api/v1/webhooks/<id>": self._v1_path,
            "/api/v1/spiders/<id>": self._v1_path,
            "/api/v1/schedules/<id>": self._v1_path,
            "/api/v1/api-keys/<id>": self._v1_path,
            "/admin/organizations/<id>": lambda rule: rule.replace(
                "<id>", self._owner.organization_id
            ),
        }

    def _project_path(self, rule: str) -> str:
        return rule.replace("<id>", self._owner.make_project())

    def _job_path(self, rule: str) -> str:
        job = self._owner.make_job(self.project, targets=["a", "b"])["id"]
        end_target(self._settlement, job, 0, [{"asin": "B000000001"}])
        if "/page" in rule:
            SavedPages(self._database).keep([page_of(job)])
            rule = rule.replace("<index>", "0")
        against = f"?against={self.job}" if "/delta" in rule else ""
        return rule.replace("<id>", job) + against

    def _schedule_path(self, rule: str) -> str:
        body = BODIES["POST", "/projects/<projectId>/schedules"]
        made = self._owner.post(f"/projects/{self.project}/schedules", json=body)
        return rule.replace("<id>", made.json["data"]["id"])

    def _webhook_path(self, rule: str) -> str:
        made = self._owner.post(f"/projects/{self.project}/webhooks", json=HOOK)
        webhook = made.json["data"]["id"]
        path = rule.replace("<id>", webhook)
        if "<deliveryId>" in path:
            sent = self._owner.post(f"/webhooks/{webhook}/test").json["data"]["id"]
            path = path.replace("<deliveryId>", sent)
        return path

    def _monitor(self) -> str:
        """The id of a monitor with one watch."""
        made = self._owner.post(f"/projects/{self.project}/monitors", json=MONITOR)
        monitor: str = made.json["data"]["id"]
        body = {"watches": [{"value": "B08N5WRWNW"}]}
        self._owner.post(f"/monitors/{monitor}/watches", json=body)
        return monitor

    def _monitor_path(self, rule: str) -> str:
        monitor = self._monitor()
        path = rule.replace("<id>", monitor)
        if "<jobId>" in path:
            round_ = self._owner.post(f"/monitors/{monitor}/rounds").json["data"]["id"]
            path = path.replace("<jobId>", round_)
        return path

    def _watch_path(self, rule: str) -> str:
        if rule.rpartition("/")[2] in _OF_LISTS:
            return rule.replace("<id>", self._keyword())
        return rule.replace("<id>", f"{self._monitor()}:B08N5WRWNW")

    def _keyword(self) -> str:
        """The id of a watch that is a list."""
        made = self._owner.post(f"/projects/{self.project}/monitors", json=KEYWORDS)
        monitor = made.json["data"]["id"]
        self._owner.post(f"/monitors/{monitor}/watches", json={"watches": [{"value": "usb hub"}]})
        [watch] = self._owner.get(f"/monitors/{monitor}/watches").json["data"]
        found: str = watch["id"]
        return found

    def _alert_path(self, rule: str) -> str:
        made = self._owner.post(f"/monitors/{self._monitor()}/alerts", json=ALERT)
        return rule.replace("<id>", made.json["data"]["id"])

    def _key_path(self, rule: str) -> str:
        path = rule.replace("<projectId>", self.project)
        if "<id>" in path:
            made = self._owner.post(
                f"/private/projects/{self.project}/api-keys", json={"name": "a key"}
            )
            path = path.replace("<id>", made.json["data"]["id"])
        return path

    def _invitation_path(self, rule: str) -> str:
        made = self._owner.post("/organization/invitations", json={})
        return rule.replace("<id>", made.json["data"]["id"])

    def _organization_key_path(self, rule: str) -> str:
        made = self._owner.post(
            f"/private/projects/{self.project}/api-keys", json={"name": "a key"}
        )
        return rule.replace("<id>", made.json["data"]["id"])

    def _node_path(self, rule: str) -> str:
        name = f"node-{next(self._numbers)}.example.com:6800"
        Nodes(self._database).add(name, url=f"http://{name}", username="", password="")
        return rule.replace("<name>", name)

    def _proxy_path(self, rule: str) -> str:
        url = f"http://proxy-{next(self._numbers)}.example.com:8080"
        proxy = Transactions(self._database.client).run(
            lambda session: Proxies(self._database).insert(url, session=session)
        )
        return rule.replace("<id>", proxy.id)

    def _page_job_path(self, rule: str) -> str:
        job = self._owner.post("/api/v1/jobs", json=PAGE).json["id"]
        return rule.replace("<id>", job).replace("<job_id>", job)

    def _spider_job_path(self, rule: str) -> str:
        made = self._owner.post("/api/v1/jobs", json={"spider_name": DEPLOYED.name})
        return rule.replace("<id>", made.json["jobId"])

    def _v1_path(self, rule: str) -> str:
        collection, _, _ = rule.partition("/<id>")
        made = self._owner.post(collection, json=self.body("POST", collection))
        return rule.replace("<id>", made.json["id"])

    def _member_path(self, rule: str) -> str:
        number = next(self._numbers)
        made = self._owner.post(
            "/organization/members",
            json={"email": f"member{number}@example.com", "password": PASSWORD},
        )
        return rule.replace("<id>", made.json["data"]["id"])


def routes(app: Flask) -> list[tuple[str, str, Access]]:
    """Of the API; tests/control_api/console walks the pages, which take a session instead."""
    found = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD"})
        if not is_of_console(rule.rule)
    ]
    return [(method, rule, access_of(method, rule)) for method, rule in sorted(found)]


def whole(database: Database) -> dict[str, list]:
    """Everything that belongs to tenants, but for the counting of what a tenant itself did."""
    names = (
        "projects", "jobs", "targets", "results", "outbox", "ledger", "usage", "schedules",
        "webhooks", "deliveries", "api_keys", "users", "organizations", "spiders", "runs",
        "monitors", "watches", "chunks", "receipts", "changes", "rounds", "alerts", "firings",
    )  # fmt: skip
    return {name: list(database[name].find().sort("_id", 1)) for name in names}
