"""Promises A1, A2: every route × {anonymous, other organization, member, owner, admin, a key of this
project, a key of another project}, generated from the app's routes.

A new route fails until it has an object here, and its access is a decision in control_api/http/access.py.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.http.access import Access, access_of, is_of_console
from control_api.http.v1_errors import is_v1_path
from settings.config import Config
from storage.accounts.api_keys import ApiKeys
from storage.accounts.proxies import Proxies
from storage.base.transactions import Transactions
from storage.jobs.settlement import Settlement
from storage.runs.nodes import Nodes
from storage.runs.spiders import DeployedSpider, Spiders
from tests.control_api.conftest import OPERATOR_TOKEN, PASSWORD, Tenant, join
from tests.control_api.crawling import end_target

CRAWL = {"type": "search", "targets": ["usb hub"]}
PAGE = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
HOOK = {"url": "https://receiver.example.com/hook", "events": ["job.completed"]}
MONITOR = {"name": "prices", "type": "details"}
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
DEPLOYED = DeployedSpider(
    name="my-spider", repo_path="spiders/my_spider.py", arguments=(), description="of the tests"
)
OK = {200, 201, 204}
# A store's categories are nobody's own, and everybody with a token sees the same.
OF_A_STORE = {"/marketplaces/<code>/categories"}
# They end the very account or token that asks: test_auth.py, test_invitations.py, test_departures.py.
ENDS_THE_ASKER = {
    "/auth/change-password",
    "/auth/delete-account",
    "/invitations/accept",
    "/organization/leave",
}
NO_KEYS = "An API key cannot do this; use an access token"
NOT_FOUND_CODES = {
    "/schedules/": "SCHEDULE_NOT_FOUND",
    "/webhooks/": "WEBHOOK_NOT_FOUND",
    "/monitors/": "MONITOR_NOT_FOUND",
    "/watches/": "WATCH_NOT_FOUND",
    "/alerts/": "ALERT_NOT_FOUND",
}


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
        return rule.replace("<id>", f"{self._monitor()}:B08N5WRWNW")

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


@pytest.fixture
def world(make_tenant: Callable[..., Tenant], settlement: Settlement, database: Database) -> World:
    return World(make_tenant("unlimited"), settlement, database)


@pytest.fixture
def owner(world: World) -> Tenant:
    return world._owner


def routes(app: Flask) -> list[tuple[str, str, Access]]:
    """Of the API; tests/control_api/console walks the pages, which take a session instead."""
    found = [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD"})
        if not is_of_console(rule.rule)
    ]
    return [(method, rule, access_of(method, rule)) for method, rule in sorted(found)]


def closed(app: Flask, *but: Access) -> list[tuple[str, str, Access]]:
    open_to_others = {Access.PUBLIC, Access.OPERATOR, *but}
    return [route for route in routes(app) if route[2] not in open_to_others]


def holds(rule: str) -> bool:
    """Whether the path names an object of an organization."""
    return "<" in rule and rule not in OF_A_STORE


def refused_as_missing(answer: Any, rule: str) -> None:
    assert answer.status_code == 404, (rule, answer.text)
    if is_v1_path(rule):
        assert answer.json["detail"] == answer.json["error"]
        assert answer.json["detail"].endswith("not found"), (rule, answer.text)
        return
    code = answer.json["error"]["code"]
    assert code.endswith("NOT_FOUND"), (rule, code)
    for part, expected in NOT_FOUND_CODES.items():
        if rule.startswith(part):
            assert code == expected


def key_of(database: Database, owner: Tenant, project_id: str) -> str:
    _, text = Transactions(database.client).run(
        lambda session: ApiKeys(database).insert(
            owner.organization_id,
            project_id,
            name="a key",
            created_by=owner.user_id,
            session=session,
        )
    )
    return text


def as_key(owner: Tenant, key: str) -> Tenant:
    return Tenant(owner.client, owner.email, key, owner.user_id, owner.organization_id)


def test_anonymous(app: Flask, client: FlaskClient, world: World) -> None:
    """A1: every route outside a short public list answers 401 without credentials."""
    for method, rule, _ in closed(app):
        answer = client.open(world.path(rule), method=method, **world.sent(method, rule))
        assert answer.status_code == 401, (method, rule, answer.text)
    assert len(closed(app)) > 30


def test_owner(app: Flask, world: World, owner: Tenant) -> None:
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = owner.call(method, world.path(rule), **world.sent(method, rule))
        expected = {403} if access is Access.ADMIN else OK
        assert answer.status_code in expected, (method, rule, answer.text)


def test_member(app: Flask, world: World, owner: Tenant) -> None:
    member = join(owner, "the-member@example.com")
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = member.call(method, world.path(rule), **world.sent(method, rule))
        expected = {403} if access in (Access.ADMIN, Access.OWNER) else OK
        if rule.startswith("/api/v1/api-keys/"):
            expected = {404}  # a user's own; here the owner's
        assert answer.status_code in expected, (method, rule, answer.text)


def test_another_organization(
    app: Flask, world: World, make_tenant: Callable[..., Tenant], database: Database
) -> None:
    """A2: no route returns or changes another organization's object: 404."""
    stranger = make_tenant("unlimited")
    for method, rule, _ in closed(app, Access.ADMIN):
        if not holds(rule):
            continue
        path = world.path(rule)
        before = whole(database)
        answer = stranger.call(method, path, **world.sent(method, rule))
        refused_as_missing(answer, rule)
        assert whole(database) == before, (method, rule)


def test_admin_of_another_organization(
    app: Flask, world: World, make_tenant: Callable[..., Tenant], database: Database
) -> None:
    """An admin runs the installation; tenants' objects are as foreign to them as to anybody."""
    admin = make_tenant("unlimited")
    database["users"].update_one({"_id": admin.user_id}, {"$set": {"isAdmin": True}})
    for method, rule, access in closed(app):
        if rule in ENDS_THE_ASKER:
            continue
        answer = admin.call(method, world.path(rule), **world.sent(method, rule))
        if access is not Access.ADMIN and holds(rule):
            refused_as_missing(answer, rule)
        elif rule != "/organization/members" or method != "POST":
            assert answer.status_code in OK, (method, rule, answer.text)


def test_key_of_this_project(app: Flask, world: World, owner: Tenant, database: Database) -> None:
    """contracts.md: "JWT only", "locked to its project"."""
    key = as_key(owner, key_of(database, owner, world.project))
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        if access is Access.PROJECT:
            assert answer.status_code in OK, (method, rule, answer.text)
        else:
            assert answer.status_code == 403, (method, rule, answer.text)
            error = answer.json["error"]
            assert error == NO_KEYS if is_v1_path(rule) else error["code"] == "FORBIDDEN"


def test_key_of_a_user(app: Flask, world: World, owner: Tenant) -> None:
    """contracts.md section 3: `st_...` is user-wide; keys are made and revoked with a JWT."""
    made = owner.post("/api/v1/api-keys", json={"name": "mine"}).json
    key = as_key(owner, made["key"])
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        expected = OK if access in (Access.PROJECT, Access.USER_KEY) else {403}
        assert answer.status_code in expected, (method, rule, answer.text)


def test_key_of_another_project(
    app: Flask, world: World, owner: Tenant, database: Database
) -> None:
    key = as_key(owner, key_of(database, owner, owner.make_project("another")))
    for method, rule, access in closed(app):
        answer = key.call(method, world.path(rule), **world.sent(method, rule))
        if access is not Access.PROJECT:
            assert answer.status_code == 403, (method, rule, answer.text)
        elif holds(rule):
            refused_as_missing(answer, rule)
        else:
            assert answer.status_code == 200, (method, rule, answer.text)


def test_key_lists_its_own_project_alone(world: World, owner: Tenant, database: Database) -> None:
    owner.make_project("another")
    key = as_key(owner, key_of(database, owner, world.project))
    listed = key.get("/projects").json
    assert [project["id"] for project in listed["data"]] == [world.project]
    assert listed["meta"] == {"total": 1}


def test_operator_routes_take_the_operators_token_alone(
    app: Flask, client: FlaskClient, owner: Tenant, config: Config
) -> None:
    operated = [(m, r) for m, r, access in routes(app) if access is Access.OPERATOR]
    assert operated == [("GET", "/metrics")]
    for method, rule in operated:
        assert client.open(rule, method=method).status_code == 401
        assert owner.call(method, rule).status_code == 401
        headers = {"Authorization": f"Bearer {OPERATOR_TOKEN}"}
        assert client.open(rule, method=method, headers=headers).status_code == 200


def whole(database: Database) -> dict[str, list]:
    """Everything that belongs to tenants, but for the counting of what a tenant itself did."""
    names = (
        "projects", "jobs", "targets", "results", "outbox", "ledger", "usage", "schedules",
        "webhooks", "deliveries", "api_keys", "users", "organizations", "spiders", "runs",
        "monitors", "watches", "chunks", "receipts", "changes", "rounds", "alerts", "firings",
    )  # fmt: skip
    return {name: list(database[name].find().sort("_id", 1)) for name in names}
