"""contracts.md section 2: `POST /webhooks {webhook_url, events}` → 201 `{id, webhook_url, events, secret}`,
`GET /webhooks`, `DELETE /webhooks/{id}`."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from control_api.v1.schemas.webhooks import V1WebhookCreated, V1Webhooks
from spiders.sites.addresses import refusal_text
from tests.control_api.api_v1.conftest import MakeUser, V1User, refused

HOOK = {
    "webhook_url": "https://your-app.com/webhook",
    "events": ["job.completed", "job.failed"],
}


def test_create_shows_the_secret_once(user: V1User) -> None:
    answer = user.post("/webhooks", HOOK)
    assert answer.status_code == 201
    V1WebhookCreated.model_validate(answer.json)
    assert list(answer.json) == ["id", "webhook_url", "events", "secret"]
    assert answer.json["secret"].startswith("whsec_")
    listed = user.get("/webhooks").json
    V1Webhooks.model_validate(listed)
    assert listed == [{"id": answer.json["id"], **HOOK}]


def test_a_webhook_waits_for_the_jobs_of_this_dialect(user: V1User, database: Database) -> None:
    user.post("/webhooks", HOOK)
    user.start()
    job, webhook = database["jobs"].find_one(), database["webhooks"].find_one()
    assert webhook["projectId"] == job["projectId"]


def test_delete_answers_204(user: V1User) -> None:
    webhook = user.post("/webhooks", HOOK).json["id"]
    answer = user.delete(f"/webhooks/{webhook}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert user.get("/webhooks").json == []
    assert refused(user.delete(f"/webhooks/{webhook}"), 404, None) == "Webhook not found"


def test_there_are_none_before_the_first(user: V1User, database: Database) -> None:
    assert user.get("/webhooks").json == []
    assert database["projects"].count_documents({}) == 0


def test_another_organizations_webhook_is_a_404(make_user: MakeUser) -> None:
    owner, stranger = make_user("owner"), make_user("stranger")
    webhook = owner.post("/webhooks", HOOK).json["id"]
    assert refused(stranger.delete(f"/webhooks/{webhook}"), 404, None) == "Webhook not found"
    assert len(owner.get("/webhooks").json) == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"webhook_url": HOOK["webhook_url"]}, "events should not be empty"),
        ({**HOOK, "events": []}, "events must contain at least 1 elements"),
        (
            {**HOOK, "events": ["job.started"]},
            "events.0 must be one of the following values:"
            " 'job.completed', 'job.failed' or 'job.cancelled'",
        ),
        ({**HOOK, "secret": "mine"}, "property secret should not exist"),
        (
            {**HOOK, "webhook_url": "http://127.0.0.1/hook"},
            "url " + refusal_text("loopback"),
        ),
        ({**HOOK, "webhook_url": "ftp://example.com/"}, "url must be an http or https URL"),
    ],
)
def test_a_webhook_that_cannot_be_called_is_a_400(
    user: V1User, body: dict[str, Any], text: str
) -> None:
    assert refused(user.post("/webhooks", body)).startswith(text)
