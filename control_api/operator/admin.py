from __future__ import annotations

from decimal import Decimal

from flask import Response

from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import current_actor, services
from control_api.http.json_text import json_answer
from control_api.http.referred_users import ReferredUsersAnswer, referred_answers
from control_api.http.schemas import ErrorEnvelope, PageQuery
from control_api.operator.schemas.admin import (
    AdminJobsAnswer,
    AdminJobsQuery,
    CreditsBody,
    IdPath,
    OrganizationAnswer,
    OrganizationsAnswer,
    PlanBody,
    ReferralSettingsAnswer,
    ReferralSettingsBody,
    ReferrerOut,
    ReferrersAnswer,
    SettingsAnswer,
    SettingsBody,
)
from control_api.services.accounts.referrals import Referrer

admin = dialect_blueprint("admin", "The whole installation. Admins only")


@admin.get(
    "/admin/referral-settings",
    summary="Get the referral settings",
    responses={200: ReferralSettingsAnswer},
)
def get_referral_settings() -> Response:
    return _percent_answer(services().operations.get_commission_percent())


@admin.patch(
    "/admin/referral-settings",
    summary="Change the referral settings",
    responses={200: ReferralSettingsAnswer, 415: ErrorEnvelope},
)
def change_referral_settings(body: ReferralSettingsBody) -> Response:
    percent = Decimal(str(body.defaultCommissionPercent))
    return _percent_answer(services().operations.set_commission_percent(current_actor(), percent))


@admin.get("/admin/referrals", summary="List referrers", responses={200: ReferrersAnswer})
def list_referrers(query: PageQuery) -> Response:
    found, total = services().referrals.list_referrers(limit=query.limit, offset=query.offset)
    shown = [_referrer_answer(referrer) for referrer in found]
    return json_answer(ReferrersAnswer.of(shown, total=total))


@admin.get(
    "/admin/referrals/<id>/users",
    summary="Who came by a user's link",
    responses={200: ReferredUsersAnswer},
)
def list_referred_users(path: IdPath, query: PageQuery) -> Response:
    found, total = services().referrals.list_users_of(
        path.id, limit=query.limit, offset=query.offset
    )
    return json_answer(ReferredUsersAnswer.of(referred_answers(found), total=total))


@admin.get("/admin/settings", summary="Get the settings", responses={200: SettingsAnswer})
def get_settings() -> Response:
    return _settings_answer()


@admin.patch(
    "/admin/settings",
    summary="Change the settings",
    description=(
        "Crawl rates take effect with the next request of each crawler, places with the next job that"
        " names none."
    ),
    responses={200: SettingsAnswer, 415: ErrorEnvelope},
)
def change_settings(body: SettingsBody) -> Response:
    operations, actor = services().operations, current_actor()
    # One wrong place, and nothing of the request is done.
    operations.check_places(body.deliverTo or {})
    if body.crawlRate is not None:
        rate = body.crawlRate
        operations.change_rates(actor, default=rate.defaultPerMinute, rates=rate.marketplaces or {})
    if body.deliverTo is not None:
        operations.change_places(actor, body.deliverTo)
    return _settings_answer()


@admin.get(
    "/admin/organizations", summary="List organizations", responses={200: OrganizationsAnswer}
)
def list_organizations(query: PageQuery) -> Response:
    found, total = services().operations.list_organizations(limit=query.limit, offset=query.offset)
    return json_answer(OrganizationsAnswer.of(found, total=total))


@admin.patch(
    "/admin/organizations/<id>",
    summary="Set an organization's plan",
    responses={200: OrganizationAnswer, 415: ErrorEnvelope},
)
def set_plan(path: IdPath, body: PlanBody) -> Response:
    organization = services().operations.set_plan(current_actor(), path.id, body.plan)
    return json_answer(OrganizationAnswer.of(organization))


@admin.post(
    "/admin/organizations/<id>/credits",
    summary="Give or take credits",
    description="A reason of `purchase` earns whoever referred the organization a commission.",
    responses={200: OrganizationAnswer, 409: ErrorEnvelope, 415: ErrorEnvelope},
)
def move_credits(path: IdPath, body: CreditsBody) -> Response:
    organization = services().operations.move_credits(
        current_actor(), path.id, amount=body.amount, reason=body.reason
    )
    return json_answer(OrganizationAnswer.of(organization))


@admin.get("/admin/jobs", summary="List all jobs", responses={200: AdminJobsAnswer})
def list_all_jobs(query: AdminJobsQuery) -> Response:
    found, total = services().operations.list_jobs(
        organization_id=query.organizationId,
        status=query.status,
        limit=query.limit,
        offset=query.offset,
    )
    return json_answer(AdminJobsAnswer.of(found, total=total))


def _percent_answer(percent: Decimal) -> Response:
    return json_answer(ReferralSettingsAnswer.of({"defaultCommissionPercent": percent}))


def _settings_answer() -> Response:
    operations = services().operations
    default, rates = operations.get_rates()
    rate = {"defaultPerMinute": default, "marketplaces": rates}
    return json_answer(SettingsAnswer.of({"crawlRate": rate, "deliverTo": operations.get_places()}))


def _referrer_answer(referrer: Referrer) -> ReferrerOut:
    email = referrer.user.email if referrer.user else None
    return ReferrerOut.read(
        referrer.sums, id=referrer.sums.referrer_id, email=email, clicks=referrer.clicks
    )
