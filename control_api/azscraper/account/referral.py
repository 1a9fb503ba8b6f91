from __future__ import annotations

from typing import cast

from flask import Response, redirect, request

from control_api.azscraper.account.links import sign_up_page
from control_api.azscraper.schemas.account.referral import (
    ClickBody,
    CommissionOut,
    CommissionsAnswer,
    CommissionsQuery,
    LinkAnswer,
    LinkPath,
    StatsAnswer,
)
from control_api.http.blueprint import dialect_blueprint
from control_api.http.context import client_address, current_actor, services
from control_api.http.json_text import done, json_answer
from control_api.http.own_address import own_origin
from control_api.http.referred_users import ReferredUsersAnswer, referred_answers
from control_api.http.schemas import ErrorEnvelope, OkAnswer, PageQuery

referral = dialect_blueprint("referral", "Who brought whom, and what it earned")
referral_clicks = dialect_blueprint("referral-clicks", "Visits by a link", is_public=True)


@referral.post("/referral/link", summary="Get your link", responses={200: LinkAnswer})
def make_link() -> Response:
    link = services().referrals.get_link(current_actor())
    data = {"referralCode": link.code, "referralLink": f"{own_origin()}/r/{link.code}"}
    return json_answer(LinkAnswer.of(data))


@referral.get("/referral/stats", summary="What your link did", responses={200: StatsAnswer})
def get_stats() -> Response:
    return json_answer(StatsAnswer.of(services().referrals.get_stats(current_actor())))


@referral.get(
    "/referral/users", summary="Who came by your link", responses={200: ReferredUsersAnswer}
)
def list_users(query: PageQuery) -> Response:
    found, total = services().referrals.list_users(
        current_actor().user_id, limit=query.limit, offset=query.offset
    )
    return json_answer(ReferredUsersAnswer.of(referred_answers(found), total=total))


@referral.get(
    "/referral/commissions", summary="What you earned", responses={200: CommissionsAnswer}
)
def list_commissions(query: CommissionsQuery) -> Response:
    found, total = services().referrals.list_commissions(
        current_actor(),
        since=query.since,
        until=query.until,
        limit=query.limit,
        offset=query.offset,
    )
    shown = [CommissionOut.read(commission, currency="USD") for commission in found]
    return json_answer(CommissionsAnswer.of(shown, total=total))


@referral_clicks.post(
    "/referral/click",
    summary="Count a visit by a link",
    responses={200: OkAnswer, **dict.fromkeys((400, 415, 429, 503), ErrorEnvelope)},
)
def click(body: ClickBody) -> Response:
    services().referrals.click(body.referralCode, client_address())
    return done()


@referral_clicks.get(
    "/r/<code>",
    summary="Follow a link",
    description="Counts the visit, and leads to the page where one signs up (`SIGN_UP_URL`).",
    responses={302: {"description": "To that page, with `ref=<code>`"}, 503: ErrorEnvelope},
)
def follow_link(path: LinkPath) -> Response:
    # HEAD comes from programs that only look where a link leads.
    if request.method == "GET":
        services().referrals.visit(path.code, client_address())
    answer = redirect(sign_up_page("ref", path.code))
    answer.headers["Cache-Control"] = "no-store"
    return cast(Response, answer)
