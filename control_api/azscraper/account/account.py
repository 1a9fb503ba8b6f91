"""What an organization can learn of itself: usage, audit trail, what credits cost."""

from __future__ import annotations

from typing import Any

from flask import Response

from control_api.azscraper.schemas.account.account import (
    AuditAnswer,
    AuditQuery,
    LedgerAnswer,
    LedgerQuery,
    PackagesAnswer,
    UsageAnswer,
    UsageHistoryAnswer,
    UsageHistoryQuery,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer, text_from_time
from control_api.services.accounts.credit_packages import CREDIT_PACKAGES
from control_api.services.jobs.usage import UsageReport
from control_api.services.records import AuditEntry, AuditFilter

account = dialect_blueprint("account", "Usage, audit trail, credits")


@account.get("/usage", summary="This month's limits and use", responses={200: UsageAnswer})
def get_usage() -> Response:
    return json_answer({"data": _usage_answer(services().usage.get(current_actor()))})


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
    meta = {"total": page.total, "nextCursor": page.next_cursor}
    return json_answer(LedgerAnswer.model_validate({"data": page.entries, "meta": meta}))


@account.get(
    "/usage/history",
    summary="Use by month",
    description="Tells what the organization used in each of the last calendar months (UTC), this one first.",
    responses={200: UsageHistoryAnswer},
)
def list_history(query: UsageHistoryQuery) -> Response:
    months = [
        {
            "month": one.month,
            "jobs": one.used.jobs,
            "targets": one.used.targets,
            "exports": one.used.exports,
            "creditsCharged": one.credits_charged,
        }
        for one in services().usage.history(current_actor(), months=query.months)
    ]
    return json_answer(UsageHistoryAnswer.of(months))


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
    data = [_audit_answer(entry) for entry in entries]
    return json_answer({"data": data, "meta": {"total": total}})


@account.get(
    "/private/credits/packages", summary="What credits cost", responses={200: PackagesAnswer}
)
def list_packages() -> Response:
    data = [
        {
            "id": package.id,
            "name": package.name,
            "priceCents": package.price_cents,
            "currency": "USD",
            "credits": package.credits,
            "bonusCredits": package.bonus_credits,
        }
        for package in CREDIT_PACKAGES
    ]
    return json_answer({"data": data})


def _usage_answer(report: UsageReport) -> dict[str, Any]:
    plan, used = report.plan, report.used
    limits = {
        "jobsPerMonth": plan.jobs_per_month,
        "targetsPerMonth": plan.targets_per_month,
        "exportsPerMonth": plan.exports_per_month,
    }
    spent = (used.jobs, used.targets, used.exports)
    return {
        "limits": limits,
        "used": {
            "jobsThisMonth": used.jobs,
            "targetsThisMonth": used.targets,
            "exportsThisMonth": used.exports,
        },
        "remaining": {
            name: None if limit is None else max(0, limit - number)
            for (name, limit), number in zip(limits.items(), spent, strict=True)
        },
        "credits": {"balance": report.credit_balance, "reserved": report.credits_reserved},
    }


def _audit_answer(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "organizationId": entry.organization_id,
        "userId": entry.user_id,
        "userEmail": entry.user_email,
        "userName": entry.user_name,
        "action": entry.action,
        "entityType": entry.entity_type,
        "entityId": entry.entity_id,
        "entityName": entry.entity_name,
        "metadata": dict(entry.metadata),
        "ip": entry.ip,
        "createdAt": text_from_time(entry.created_at),
    }
