"""Contract, section 1, row `webhooks`: `POST/GET /projects/:projectId/webhooks`, `PATCH/DELETE
/webhooks/:id`, `POST /webhooks/:id/test`, `GET /webhooks/:id/deliveries`, `POST
/webhooks/:id/deliveries/:deliveryId/redeliver`. Events `job.completed`, `job.failed`,
`job.cancelled`. Payload is metadata only, no rows."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from pymongo.database import Database
from standardwebhooks import Webhook as Verifier

from control_api.azscraper.schemas.webhooks import (
    DeliveriesAnswer,
    DeliveryAnswer,
    WebhookAnswer,
    WebhooksAnswer,
)
from control_api.http.requests.inputs import ALL_EVENTS
from control_api.services.webhooks.webhook_signature import signature_headers
from storage.base.clock import utc_now
from storage.events.webhooks import Webhooks
from tests.control_api.conftest import Tenant

URL = "https://example.com/hook"


def make(tenant: Tenant, project: str | None = None, **body: Any) -> dict[str, Any]:
    answer = tenant.post(
        f"/projects/{project or tenant.make_project()}/webhooks", json={"url": URL, **body}
    )
    assert answer.status_code == 201, answer.text
    WebhookAnswer.model_validate(answer.json)
    webhook: dict[str, Any] = answer.json["data"]
    return webhook


def test_a_webhook_shows_its_secret_once(tenant: Tenant, database: Database) -> None:
    project = tenant.make_project()
    made = make(tenant, project)
    assert made["url"] == URL
    assert made["events"] == list(ALL_EVENTS)
    assert (made["enabled"], made["disabledReason"]) == (True, None)
    prefix, _, encoded = made["secret"].partition("_")
    assert prefix == "whsec"
    assert 24 <= len(base64.b64decode(encoded)) <= 64
    assert make(tenant, project)["secret"] != made["secret"]
    listed = tenant.get(f"/projects/{project}/webhooks")
    WebhooksAnswer.model_validate(listed.json)
    assert listed.json["meta"] == {"total": 2}
    assert "whsec" not in listed.text
    patched = tenant.patch(f"/webhooks/{made['id']}", json={"enabled": True})
    assert "secret" not in patched.json["data"]
    assert "whsec" not in str(list(database["audit"].find()))


def test_patch_changes_what_is_given(tenant: Tenant) -> None:
    made = make(tenant, events=["job.failed", "job.failed"])
    assert made["events"] == ["job.failed"]
    answer = tenant.patch(
        f"/webhooks/{made['id']}",
        json={"url": "http://example.org:8080/x", "events": ["job.completed"], "enabled": False},
    )
    changed = answer.json["data"]
    assert answer.status_code == 200
    assert changed["url"] == "http://example.org:8080/x"
    assert (changed["events"], changed["enabled"]) == (["job.completed"], False)


def test_a_rotation_signs_with_both_for_a_day(tenant: Tenant, database: Database) -> None:
    """H1: rotation sends two signatures."""
    made = make(tenant)
    answer = tenant.patch(f"/webhooks/{made['id']}", json={"rotateSecret": True})
    rotated = answer.json["data"]
    assert rotated["secret"] != made["secret"]
    webhook = Webhooks(database).find(made["id"])
    assert webhook is not None
    now = utc_now()
    headers = signature_headers(webhook.secrets, message_id="msg_1", at=now, body="{}")
    for secret in (made["secret"], rotated["secret"]):
        Verifier(secret).verify("{}", headers)
    old = webhook.secrets[1]
    assert old.expires_at is not None
    assert 23.9 < (old.expires_at - now).total_seconds() / 3_600 <= 24


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://0x7f.1/",
        "http://2130706433/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/",
        "http://user:pw@example.com/", "http://a\\@b.example/", "ftp://example.com/",
        "http://example.com:25/", "nonsense", "", "x" * 2_001,
    ],
)  # fmt: skip
def test_a_refused_address_is_a_400_when_it_is_posted(tenant: Tenant, url: str) -> None:
    """H3: a literal refused address is also a 400 when it is posted."""
    made = make(tenant)
    answers = [
        tenant.post(f"/projects/{made['projectId']}/webhooks", json={"url": url}),
        tenant.patch(f"/webhooks/{made['id']}", json={"url": url}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
        assert answer.json["error"]["message"].startswith("url must ")


@pytest.mark.parametrize(
    "body",
    [
        {"events": []},
        {"events": ["job.started"]},
        {"events": "job.completed"},
        {"enabled": 1},
        {"enabled": None},
        {"secret": "whsec_mine"},
        {"url": 5},
    ],
)
def test_other_bad_input_is_a_400(tenant: Tenant, body: dict) -> None:
    made = make(tenant)
    path = f"/projects/{made['projectId']}/webhooks"
    assert tenant.post(path, json={"url": URL, **body}).status_code == 400
    assert tenant.patch(f"/webhooks/{made['id']}", json=body).status_code == 400


def test_a_test_event_is_a_delivery_like_any_other(tenant: Tenant, database: Database) -> None:
    made = make(tenant, events=["job.failed"])
    answer = tenant.post(f"/webhooks/{made['id']}/test")
    assert answer.status_code == 201
    DeliveryAnswer.model_validate(answer.json)
    delivery = answer.json["data"]
    assert (delivery["type"], delivery["status"]) == ("webhook.test", "pending")
    listed = tenant.get(f"/webhooks/{made['id']}/deliveries").json
    DeliveriesAnswer.model_validate(listed)
    assert listed == {"data": [delivery], "meta": {"total": 1}}
    body = json.loads(database["deliveries"].find_one({})["body"])
    assert body["type"] == "webhook.test"
    assert body["data"]["webhookId"] == made["id"]
    none = tenant.get(f"/webhooks/{made['id']}/deliveries?status=failed").json
    assert none == {"data": [], "meta": {"total": 0}}
    assert tenant.get(f"/webhooks/{made['id']}/deliveries?status=lost").status_code == 400


def test_redeliver_makes_it_due_again_under_its_id(tenant: Tenant, database: Database) -> None:
    made = make(tenant)
    delivery = tenant.post(f"/webhooks/{made['id']}/test").json["data"]
    database["deliveries"].update_one({}, {"$set": {"status": "failed", "nextAttemptAt": None}})
    path = f"/webhooks/{made['id']}/deliveries/{delivery['id']}/redeliver"
    answer = tenant.post(path)
    assert answer.status_code == 200
    DeliveryAnswer.model_validate(answer.json)
    assert answer.json["data"]["status"] == "pending"
    assert answer.json["data"]["nextAttemptAt"] is not None
    assert answer.json["data"]["messageId"] == delivery["messageId"]
    other = make(tenant, made["projectId"])
    wrong = tenant.post(f"/webhooks/{other['id']}/deliveries/{delivery['id']}/redeliver")
    assert (wrong.status_code, wrong.json["error"]["message"]) == (404, "Delivery not found")


def test_a_disabled_webhook_sends_nothing(tenant: Tenant) -> None:
    made = make(tenant)
    delivery = tenant.post(f"/webhooks/{made['id']}/test").json["data"]
    tenant.patch(f"/webhooks/{made['id']}", json={"enabled": False})
    for path in ("test", f"deliveries/{delivery['id']}/redeliver"):
        answer = tenant.post(f"/webhooks/{made['id']}/{path}")
        assert (answer.status_code, answer.json["error"]["message"]) == (
            409,
            "Webhook is disabled",
        )


def test_delete_takes_its_deliveries_along(tenant: Tenant, database: Database) -> None:
    made = make(tenant)
    tenant.post(f"/webhooks/{made['id']}/test")
    answer = tenant.call("DELETE", f"/webhooks/{made['id']}")
    assert (answer.status_code, answer.json) == (200, {"data": {"ok": True}})
    gone = tenant.get(f"/webhooks/{made['id']}/deliveries")
    assert (gone.status_code, gone.json["error"]["code"]) == (404, "WEBHOOK_NOT_FOUND")
    assert database["deliveries"].count_documents({}) == 0


def test_a_project_has_a_limit(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_api.services.webhooks.webhooks.MAX_WEBHOOKS", 1)
    made = make(tenant)
    answer = tenant.post(f"/projects/{made['projectId']}/webhooks", json={"url": URL})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "CONFLICT")
