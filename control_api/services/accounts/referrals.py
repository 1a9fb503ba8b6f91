from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.credit_packages import CREDITS_PER_DOLLAR
from control_api.services.errors import NotFound, RateLimited
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.accounts.referrals import (
    Commission,
    NewCommission,
    Referral,
    ReferralLink,
    Referrals,
    ReferrerSums,
)
from storage.accounts.users import User, Users, email_key
from storage.base.transactions import Session
from storage.jobs.jobs import Jobs
from storage.queue.rate_limits import Limit, RateLimits

_CLICKS = Limit("referral-click", 5, 10)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStats:
    clicks: int
    registrations: int
    active: int
    total_commission: Decimal


@dataclass(frozen=True, slots=True)
class ReferredUser:
    """`user` is None when the account is gone."""

    referral: Referral
    user: User | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class Referrer:
    user: User | None
    sums: ReferrerSums
    clicks: int


class ReferralService:
    """Who brought whom, and what it earned."""

    def __init__(
        self,
        referrals: Referrals,
        users: Users,
        jobs: Jobs,
        *,
        rates: RateLimits,
    ) -> None:
        self._referrals = referrals
        self._users = users
        self._jobs = jobs
        self._rates = rates

    def get_link(self, actor: Actor) -> ReferralLink:
        return self._referrals.link_of(actor.user_id)

    def get_stats(self, actor: Actor) -> ReferralStats:
        link = self._referrals.find_link(actor.user_id)
        organizations = self._referrals.organizations_of(actor.user_id)
        return ReferralStats(
            clicks=link.clicks if link else 0,
            registrations=len(organizations),
            active=len(self._jobs.organizations_with_jobs(organizations)),
            total_commission=self._referrals.total_commission(actor.user_id),
        )

    def list_users(
        self, referrer_id: str, *, limit: int, offset: int
    ) -> tuple[list[ReferredUser], int]:
        found, total = self._referrals.list_page(referrer_id, limit=limit, offset=offset)
        users = self._users.find_all(referral.user_id for referral in found)
        active = self._jobs.organizations_with_jobs(
            [referral.organization_id for referral in found]
        )
        return [
            ReferredUser(one, users.get(one.user_id), one.organization_id in active)
            for one in found
        ], total

    def list_commissions(
        self,
        actor: Actor,
        *,
        since: datetime | None,
        until: datetime | None,
        limit: int,
        offset: int,
    ) -> tuple[list[Commission], int]:
        return self._referrals.list_commissions(
            actor.user_id, since=since, until=until, limit=limit, offset=offset
        )

    def click(self, code: str, ip: str | None) -> None:
        """Count a visit by a link. An unknown code is counted nowhere, and not told."""
        verdict = self._rates.hit(_CLICKS, ip or "")
        if not verdict.passed:
            raise RateLimited(verdict.retry_after_seconds)
        self._referrals.count_click(code)

    def visit(self, code: str, ip: str | None) -> None:
        """As `click`, for one who is on the way: beyond the limit it is only not counted."""
        with suppress(RateLimited):
            self.click(code, ip)

    def list_referrers(self, *, limit: int, offset: int) -> tuple[list[Referrer], int]:
        sums, total = self._referrals.list_referrers(limit=limit, offset=offset)
        users = self._users.find_all(one.referrer_id for one in sums)
        return [self._referrer(users.get(one.referrer_id), one) for one in sums], total

    def list_users_of(
        self, referrer_id: str, *, limit: int, offset: int
    ) -> tuple[list[ReferredUser], int]:
        """An admin's view. Raises NotFound for an id that is no user's."""
        if self._users.find(referrer_id) is None:
            raise NotFound("Referrer not found")
        return self.list_users(referrer_id, limit=limit, offset=offset)

    def _referrer(self, user: User | None, sums: ReferrerSums) -> Referrer:
        link = self._referrals.find_link(sums.referrer_id)
        return Referrer(user, sums, link.clicks if link else 0)


class Attribution:
    """The writing side: registrations by a link, purchases of those who came by one."""

    def __init__(self, referrals: Referrals, users: Users, settings: OperatorSettingsStore) -> None:
        self._referrals = referrals
        self._users = users
        self._settings = settings

    def registered(self, user: User, code: str | None, session: Session) -> None:
        """Attribute a new user. An unknown code, and one of the user's own, are ignored."""
        link = self._referrals.find_by_code(code) if code else None
        referrer = self._users.find(link.user_id) if link else None
        if link is None or referrer is None or _is_same_person(referrer.email, user.email):
            return
        self._referrals.attribute(
            link, user_id=user.id, organization_id=user.organization_id, session=session
        )

    def purchased(self, organization_id: str, bought: int, session: Session) -> None:
        """Credit the one who brought this organization, if anybody did."""
        referral = self._referrals.find_of_organization(organization_id, session)
        if referral is None:
            return
        percent = self._settings.get().commission_percent
        amount = Decimal(bought) / CREDITS_PER_DOLLAR * percent / 100
        self._referrals.insert_commission(
            NewCommission(
                referrer_id=referral.referrer_id,
                user_id=referral.user_id,
                credits=bought,
                percent=percent,
                amount=amount.quantize(_CENT),
            ),
            session,
        )


def masked_emails(users: Sequence[ReferredUser]) -> list[str | None]:
    """A referrer may know that somebody came, not who."""
    return [_masked(one.user.email) if one.user else None for one in users]


def _masked(email: str) -> str:
    name, _, host = email.rpartition("@")
    return f"{name[:1]}***@{host}"


def _is_same_person(one: str, other: str) -> bool:
    return _mailbox(one) == _mailbox(other)


def _mailbox(email: str) -> str:
    """`me+shop@example.com` and `me@example.com` are one mailbox."""
    name, _, host = email_key(email).rpartition("@")
    return f"{name.partition('+')[0]}@{host}"
