"""Answers made from records are, byte for byte, what recorded_answers.json holds: the models are the
answers, and a change of one is seen here."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from control_api.azscraper.schemas.account.account import AuditAnswer
from control_api.azscraper.schemas.account.api_keys import ApiKeysAnswer, OrganizationKeysAnswer
from control_api.azscraper.schemas.account.invitations import InvitationsAnswer
from control_api.azscraper.schemas.account.members import MembersAnswer
from control_api.azscraper.schemas.monitors.alerts import AlertsAnswer
from control_api.azscraper.schemas.monitors.monitors import RoundsAnswer
from control_api.azscraper.schemas.schedules import SchedulesAnswer, SlotsAnswer
from control_api.azscraper.schemas.webhooks import DeliveriesAnswer, WebhooksAnswer
from control_api.azscraper.webhooks import webhook_with_secret
from control_api.http.json_text import json_answer, json_bytes
from control_api.http.schemas import Answer
from control_api.operator.schemas.admin import OrganizationsAnswer
from control_api.services.accounts.api_keys import ListedKey
from control_api.services.monitors.monitor_events import round_data
from control_api.services.webhooks.webhooks import WebhookWithSecret
from control_api.v1.schemas.api_keys import V1KeyOut
from control_api.v1.schemas.schedules import SpiderScheduleOut, SpiderSlotOut
from control_api.v1.schemas.spiders import SpiderOut
from storage.accounts.api_keys import ApiKey
from storage.accounts.audit import AuditEntry
from storage.accounts.invitations import Invitation
from storage.accounts.organizations import Organization
from storage.accounts.users import Role, User
from storage.events.deliveries import Attempt, Delivery, DeliveryStatus
from storage.events.schedules import CrawlConfig, Overlap, Schedule
from storage.events.slots import Slot, SlotStatus
from storage.events.webhooks import Secret, Webhook
from storage.monitors.alerts import Alert
from storage.monitors.rounds import Round
from storage.runs.spiders import Spider

RECORDED = json.loads((Path(__file__).parent / "recorded_answers.json").read_text())
AT = datetime(2025, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)
LATER = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)


def crawl_of_spider(arguments: dict[str, str]) -> CrawlConfig:
    return CrawlConfig("spider", ["x"], {"spiderId": "sp1", "arguments": arguments})


SCHEDULE = Schedule(
    id="s1",
    organization_id="o",
    project_id="p",
    cron="0 6 * * *",
    timezone="Europe/Berlin",
    crawl=CrawlConfig(
        "search",
        ("usb hub", "é"),
        {"lang": "de-DE", "maxPages": 2, "x": None, "n": [1, {"a": 1.5}]},
    ),
    overlap=Overlap.QUEUE,
    enabled=True,
    next_run_at=AT,
    queued_slot_at=None,
    last_run_at=LATER,
    last_job_id="j",
    last_outcome="started",
    last_reason=None,
    created_by="u",
    created_at=AT,
    updated_at=LATER,
    name="näme",
)
NEVER_RUN = replace(
    SCHEDULE, name=None, next_run_at=None, last_run_at=None, last_job_id=None, last_outcome=None
)
SLOT = Slot(
    schedule_id="s",
    slot_at=LATER,
    status=SlotStatus.STARTED,
    reason=None,
    job_id="j",
    recorded_at=AT,
)
BY_HAND = replace(
    SLOT,
    slot_at=AT,
    status=SlotStatus.QUEUED,
    reason="overlap",
    job_id=None,
    recorded_at=LATER,
)
WEBHOOK = Webhook(
    id="w",
    organization_id="o",
    project_id="p",
    url="https://example.com/ä?b=1",
    events=("job.completed", "job.failed"),
    enabled=True,
    disabled_reason=None,
    secrets=(Secret("whsec_x"),),
    created_at=AT,
    updated_at=LATER,
)
DELIVERY = Delivery(
    id="d",
    organization_id="o",
    webhook_id="w",
    event_id="e",
    event_type="job.completed",
    job_id="j",
    body="{}",
    status=DeliveryStatus.PENDING,
    attempts=(
        Attempt(at=AT, duration_ms=12, status=500),
        Attempt(at=LATER, duration_ms=15_000, error="no answer"),
    ),
    tries=2,
    token=1,
    next_attempt_at=AT,
    created_at=AT,
    completed_at=None,
)
USER = User(
    id="u",
    organization_id="o",
    email="a@b.de",
    name=None,
    role=Role.OWNER,
    is_admin=False,
    password_hash="x",
    token_generation=0,
    must_change_password=False,
    came_by_invitation=False,
    created_at=AT,
)
KEY = ApiKey(
    id="k",
    organization_id="o",
    project_id=None,
    name="n",
    hint="abcd",
    created_by="u",
    created_at=AT,
    last_used_at=None,
)
OF_PROJECT = replace(KEY, project_id="p", name="ä", last_used_at=LATER)
LISTED_KEYS = [
    ListedKey(OF_PROJECT, USER, "Näme"),
    ListedKey(KEY, replace(USER, name="Ä", role=Role.MEMBER, created_at=LATER)),
    ListedKey(OF_PROJECT, None, "x"),
    ListedKey(OF_PROJECT, USER, None),
]
SPIDER = Spider(
    id="sp",
    organization_id=None,
    name="amazon_search",
    spider="amazon_search",
    repo_path="spiders/amazon/search.py",
    arguments=("keywords",),
    description=None,
    settings={"DOWNLOAD_DELAY": 1.5, "RETRY": True, "N": 3},
    repo_id=None,
    version="1",
    created_by=None,
    created_at=AT,
    updated_at=LATER,
)
ORGANIZATION = Organization(
    id="o", name="Näme", plan="free", credit_balance=5, credit_reserved=2, created_at=AT
)

AUDITED = AuditEntry(
    id="a",
    organization_id="o",
    user_id="u",
    user_email="a@b.de",
    user_name=None,
    action="job.create",
    entity_type="job",
    entity_id="j",
    entity_name="Näme",
    metadata={"n": 1, "at": AT, "x": None, "f": 2.0},
    ip="::1",
    created_at=AT,
)
INVITATION = Invitation(
    id="i",
    organization_id="o",
    email=None,
    role=Role.MEMBER,
    created_by="u",
    created_at=AT,
    expires_at=LATER,
)
ALERT = Alert(
    id="al",
    organization_id="o",
    project_id="p",
    monitor_id="m",
    name="cheap",
    when={"field": "price", "below": 20, "within": {"days": 30.5}},
    rearm_percent=5,
    cooldown_seconds=60,
    tags=("é",),
    version=1,
    created_at=AT,
    updated_at=LATER,
)
ROUND = Round(
    id="j",
    monitor_id="m",
    organization_id="o",
    project_id="0123456789abcdef01234567",
    watches=3,
    started_at=AT,
    status="completed",
    outcome="partial",
    ended_at=LATER,
    checks={"ok": 2, "not_found": 1},
    changes={"changed": 1},
    questioned=1,
    from_seq=5,
    to_seq=9,
)

RECORDS: dict[str, tuple[type[Answer], Sequence[object]]] = {
    "schedules": (
        SchedulesAnswer,
        [
            SCHEDULE,
            replace(
                NEVER_RUN,
                overlap=Overlap.SKIP,
                enabled=False,
                crawl=CrawlConfig("details", ["B0"], {}),
            ),
            replace(SCHEDULE, last_outcome="skipped", last_reason="no_credits"),
        ],
    ),
    "slots": (
        SlotsAnswer,
        [
            SLOT,
            BY_HAND,
            replace(SLOT, status=SlotStatus.MISSED, reason="missed", job_id=None),
            replace(SLOT, status=SlotStatus.SKIPPED, reason="no_credits", job_id=None),
        ],
    ),
    "webhooks": (
        WebhooksAnswer,
        [
            WEBHOOK,
            replace(
                WEBHOOK,
                enabled=False,
                disabled_reason="The endpoint answered 410 Gone",
                events=["job.cancelled"],
                monitor_ids=("m",),
            ),
        ],
    ),
    "deliveries": (
        DeliveriesAnswer,
        [
            DELIVERY,
            replace(
                DELIVERY,
                attempts=(),
                job_id=None,
                event_type="webhook.test",
                next_attempt_at=None,
                completed_at=LATER,
                status=DeliveryStatus.DELIVERED,
            ),
            replace(DELIVERY, status=DeliveryStatus.FAILED),
        ],
    ),
    "members": (
        MembersAnswer,
        [USER, replace(USER, name="Ä", role=Role.MEMBER, created_at=LATER)],
    ),
    "keys": (ApiKeysAnswer, LISTED_KEYS),
    "organizationkeys": (OrganizationKeysAnswer, LISTED_KEYS),
    "audit": (
        AuditAnswer,
        [AUDITED, replace(AUDITED, user_id=None, user_email=None, metadata={}, ip=None)],
    ),
    "invitations": (
        InvitationsAnswer,
        [INVITATION, replace(INVITATION, email="ä@b.de", role=Role.OWNER)],
    ),
    "alerts": (
        AlertsAnswer,
        [ALERT, replace(ALERT, rearm_percent=2.5, again_percent=10.0, tags=(), enabled=False)],
    ),
    "rounds": (
        RoundsAnswer,
        [
            round_data(ROUND),
            round_data(replace(ROUND, status="running", outcome=None, ended_at=None, to_seq=None)),
        ],
    ),
    "orgs": (OrganizationsAnswer, [ORGANIZATION]),
    "v1schedules": (
        SpiderScheduleOut,
        [
            replace(SCHEDULE, crawl=crawl_of_spider({"a": "1", "b": "zwei"})),
            replace(NEVER_RUN, crawl=crawl_of_spider({})),
        ],
    ),
    "v1slots": (SpiderSlotOut, [SLOT, BY_HAND]),
    "v1keys": (V1KeyOut, [KEY, OF_PROJECT]),
    "v1spiders": (
        SpiderOut,
        [
            SPIDER,
            replace(
                SPIDER,
                organization_id="o",
                description="é",
                settings={},
                arguments=[],
                repo_id="r",
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", RECORDS)
def test_an_answer_is_as_it_was_recorded(name: str) -> None:
    model, records = RECORDS[name]
    of: Callable[..., Any] | None = getattr(model, "of", None)
    if of is not None:
        sent = json_answer(of(records, total=7)).get_data()
        recorded = {"data": RECORDED[name], "meta": {"total": 7}}
    else:
        sent = json_answer([model.model_validate(record) for record in records]).get_data()
        recorded = RECORDED[name]
    assert sent == json_bytes(recorded)
    # An answer is also read from its own JSON.
    if of is not None:
        assert json_bytes(model.model_validate_json(sent).model_dump(exclude_unset=True)) == sent


@pytest.mark.parametrize(("name", "secret"), [("secret", "whsec_new"), ("nosecret", None)])
def test_a_secret_is_shown_once(name: str, secret: str | None) -> None:
    answer = webhook_with_secret(WebhookWithSecret(WEBHOOK, secret))
    assert json_answer(answer).get_data() == json_bytes({"data": RECORDED[name]})
