"""Who came by a person's link, as the person sees it and as an admin does."""

from __future__ import annotations

from collections.abc import Sequence

from control_api.http.schemas import Answer, Envelope, ListMeta, Moment
from control_api.services.accounts.referrals import ReferredUser, masked_emails


class ReferredUserOut(Answer):
    """`email` shows its first letter only; null when the account is gone."""

    id: str
    email: str | None
    isActive: bool
    registeredAt: Moment


class ReferredUsersAnswer(Envelope):
    data: list[ReferredUserOut]
    meta: ListMeta


def referred_answers(found: Sequence[ReferredUser]) -> list[ReferredUserOut]:
    return [
        ReferredUserOut.read(
            one.referral,
            id=one.referral.user_id,
            email=email,
            isActive=one.is_active,
            registeredAt=one.referral.created_at,
        )
        for one, email in zip(found, masked_emails(found), strict=True)
    ]
