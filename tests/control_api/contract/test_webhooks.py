"""The contract, webhooks: "`POST/GET /projects/:projectId/webhooks`, `PATCH/DELETE /webhooks/:id`,
`POST /webhooks/:id/test`, `GET /webhooks/:id/deliveries`, `POST
/webhooks/:id/deliveries/:deliveryId/redeliver` (ours; see promises H1–H4). Events
`job.completed`, `job.failed`, `job.cancelled`. Payload is metadata only, no rows"
"""

from __future__ import annotations

import json

import pytest
from pymongo.database import Database

from control_api.services.webhooks.webhook_events import EventFanOut
from storage.accounts.projects import Projects
from storage.base.transactions import Transactions
from storage.events.deliveries import Deliveries
from storage.events.webhooks import Webhooks
from storage.jobs.outbox import Outbox
from storage.jobs.settlement import Settlement
from storage.jobs.targets import Targets
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target, fail_target

EVENTS = ["job.completed", "job.failed", "job.cancelled"]


def fan_out(database: Database) -> None:
    EventFanOut(
        Outbox(database),
        Webhooks(database),
        Deliveries(database),
        projects=Projects(database),
        targets=Targets(database),
        transactions=Transactions(database.client),
    ).fan_out()


def test_the_life_of_a_webhook(tenant: Tenant) -> None:
    path = f"/projects/{tenant.make_project()}/webhooks"
    body = {"url": "https://example.com/hook", "events": EVENTS}
    answer = tenant.post(path, json=body)
    where = f"/webhooks/{answer.json['data']['id']}"
    assert answer.status_code == 201
    assert tenant.post(path, json={**body, "events": ["job.started"]}).status_code == 400
    assert tenant.get(path).json["meta"] == {"total": 1}
    assert tenant.patch(where, json={"events": ["job.failed"]}).status_code == 200
    sent = tenant.post(f"{where}/test").json["data"]
    assert [one["id"] for one in tenant.get(f"{where}/deliveries").json["data"]] == [sent["id"]]
    again = tenant.post(f"{where}/deliveries/{sent['id']}/redeliver")
    assert (again.status_code, again.json["data"]["messageId"]) == (200, sent["messageId"])
    assert tenant.call("DELETE", where).status_code == 200
    assert tenant.get(f"{where}/deliveries").json["error"]["code"] == "WEBHOOK_NOT_FOUND"


@pytest.mark.parametrize("event", EVENTS)
def test_the_payload_is_metadata_only(
    tenant: Tenant, settlement: Settlement, database: Database, event: str
) -> None:
    project = tenant.make_project()
    tenant.post(f"/projects/{project}/webhooks", json={"url": "https://example.com/hook"})
    job = tenant.make_job(project, targets=["a", "b"])
    rows = [{"asin": "B000000001", "title": "a row"}]
    if event == "job.failed":
        for index in (0, 1):
            fail_target(settlement, job["id"], index)
    else:
        end_target(settlement, job["id"], 0, rows)
    if event == "job.completed":
        end_target(settlement, job["id"], 1, rows)
    if event == "job.cancelled":
        tenant.post(f"/jobs/{job['id']}/cancel")
    fan_out(database)
    text = database["deliveries"].find_one({})["body"]
    body = json.loads(text)
    assert (body["type"], body["data"]["jobId"]) == (event, job["id"])
    assert body["data"]["projectName"] == "a project"
    failures = [{"code": "NOT_FOUND", "count": 2}] if event == "job.failed" else []
    assert body["data"]["failures"] == failures
    assert body["data"]["scheduleId"] is None
    assert "a row" not in text
    assert "B000000001" not in text
