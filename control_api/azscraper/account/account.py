"""What an organization can learn of itself: usage, audit trail, what credits cost."""

from __future__ import annotations

from flask import Response

from control_api.azscraper.schemas.account.account import (
    AuditAnswer,
    AuditQuery,
    LedgerAnswer,
    LedgerQuery,
    MonthOut,
    PackageOut,
    PackagesAnswer,
    UsageAnswer,
    UsageHistoryAnswer,
    UsageHistoryQuery,
    UsageOut,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.services.accounts.credit_packages import CREDIT_PACKAGES
from control_api.services.records import AuditFilter

account = dialect_blueprint("account", "Usage, audit trail, credits")


@account.get("/usage", summary="This month's limits and use", responses={200: UsageAnswer})
def get_usage() -> Response:
    report = services().usage.get(current_actor())
    return json_answer(UsageAnswer.of(UsageOut.read(report, limits=report.plan, credits=report)))


@account.get(
    "/usage/ledger",
    summary="Movements of credits",
    description="Lists each movement of the organization's credits, the newest first. Their sums are the balance and what open "
    "jobs hold.",
    responses={200: LedgerAnswer},
)
def list_ledger(query: LedgerQuery) -> Response:
    page = services().usage.ledger(
        current_actor(), job_id=query.jobId, limit=query.limit, cursor=query.cursor
    )
    return json_answer(LedgerAnswer.of(page.entries, meta=page))


@account.get(
    "/usage/history",
    summary="Use by month",
    description="Tells what the organization used in each of the last calendar months (UTC), this one first.",
    responses={200: UsageHistoryAnswer},
)
def list_history(query: UsageHistoryQuery) -> Response:
    months = services().usage.history(current_actor(), months=query.months)
    shown = [
        MonthOut.read(one.used, month=one.month, creditsCharged=one.credits_charged)
        for one in months
    ]
    return json_answer(UsageHistoryAnswer.of(shown))


@account.get("/audit", summary="Who did what", responses={200: AuditAnswer})
def list_audit(query: AuditQuery) -> Response:
    chosen = AuditFilter(
        action=query.action,
        entity_type=query.entityType,
        since=query.since,
        until=query.until,
    )
    entries, total = services().audit.list_page(
        current_actor(), limit=query.limit, offset=query.offset, chosen=chosen
    )
    return json_answer(AuditAnswer.of(entries, total=total))


@account.get(
    "/private/credits/packages", summary="What credits cost", responses={200: PackagesAnswer}
)
def list_packages() -> Response:
    return json_answer(
        PackagesAnswer.of([PackageOut.read(one, currency="USD") for one in CREDIT_PACKAGES])
    )
