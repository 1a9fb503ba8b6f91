"""Who brought whom: referral links, attributed registrations, commissions."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from storage.base.clock import utc_now
from storage.base.connections import Document, MongoDatabase
from storage.base.ids import new_id

# Without characters that people mistake for one another.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_CHARACTERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLink:
    code: str
    user_id: str
    clicks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """`user_id` registered with a code of `referrer_id`."""

    user_id: str
    organization_id: str
    referrer_id: str
    code: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommission:
    referrer_id: str
    user_id: str
    credits: int
    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """`amount` in US dollars, of a purchase of `credits`."""

    id: str
    referrer_id: str
    user_id: str
    credits: int
    percent: Decimal
    amount: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferrerSums:
    referrer_id: str
    registrations: int
    total_commission: Decimal


class Referrals:
    def __init__(self, database: MongoDatabase) -> None:
        self._links = database["referral_links"]
        self._referrals = database["referrals"]
        self._commissions = database["commissions"]

    def link_of(self, user_id: str) -> ReferralLink:
        """The user's one link; made when there is none."""
        found = self.find_link(user_id)
        while found is None:
            code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_CHARACTERS))
            # Refused when a twin request made the user's link, or when the code is another's.
            with suppress(DuplicateKeyError):
                self._links.insert_one({"_id": code, "userId": user_id, "clicks": 0})
            found = self.find_link(user_id)
        return found

    def find_link(self, user_id: str) -> ReferralLink | None:
        document = self._links.find_one({"userId": user_id})
        return _link_from_document(document) if document else None

    def find_by_code(self, code: str) -> ReferralLink | None:
        document = self._links.find_one({"_id": code})
        return _link_from_document(document) if document else None

    def count_click(self, code: str) -> None:
        self._links.update_one({"_id": code}, {"$inc": {"clicks": 1}})

    def attribute(
        self, link: ReferralLink, *, user_id: str, organization_id: str, session: ClientSession
    ) -> None:
        """Write that the new user came by `link`. The key is the user: once, for ever."""
        self._referrals.insert_one(
            {
                "_id": user_id,
                "organizationId": organization_id,
                "referrerId": link.user_id,
                "code": link.code,
                "createdAt": utc_now(),
            },
            session=session,
        )

    def find_of_organization(
        self, organization_id: str, session: ClientSession | None = None
    ) -> Referral | None:
        document = self._referrals.find_one({"organizationId": organization_id}, session=session)
        return _referral_from_document(document) if document else None

    def list_page(self, referrer_id: str, *, limit: int, offset: int) -> tuple[list[Referral], int]:
        """Who came by the referrer's link, newest first, and how many there are in all."""
        query = {"referrerId": referrer_id}
        found = self._referrals.find(query).sort("_id", -1).skip(offset).limit(limit)
        referrals = [_referral_from_document(document) for document in found]
        return referrals, self._referrals.count_documents(query)

    def organizations_of(self, referrer_id: str) -> list[str]:
        found = self._referrals.find({"referrerId": referrer_id}, {"organizationId": 1})
        return [document["organizationId"] for document in found]

    def insert_commission(self, new: NewCommission, session: ClientSession) -> None:
        self._commissions.insert_one(
            {
                "_id": new_id(),
                "referrerId": new.referrer_id,
                "userId": new.user_id,
                "credits": new.credits,
                "percent": new.percent,
                "amount": new.amount,
                "createdAt": utc_now(),
            },
            session=session,
        )

    def list_commissions(
        self,
        referrer_id: str,
        *,
        since: datetime | None,
        until: datetime | None,
        limit: int,
        offset: int,
    ) -> tuple[list[Commission], int]:
        """Commissions, newest first, and how many there are in all."""
        query: Document = {"referrerId": referrer_id}
        moments = {"$gte": since, "$lte": until}
        wanted = {key: moment for key, moment in moments.items() if moment is not None}
        if wanted:
            query["createdAt"] = wanted
        found = self._commissions.find(query).sort("_id", -1).skip(offset).limit(limit)
        commissions = [_commission_from_document(document) for document in found]
        return commissions, self._commissions.count_documents(query)

    def total_commission(self, referrer_id: str) -> Decimal:
        groups = self._commissions.aggregate(
            [
                {"$match": {"referrerId": referrer_id}},
                {"$group": {"_id": None, "sum": {"$sum": "$amount"}}},
            ]
        )
        for group in groups:
            return Decimal(str(group["sum"]))
        return Decimal(0)

    def list_referrers(self, *, limit: int, offset: int) -> tuple[list[ReferrerSums], int]:
        """Users who brought others, the most successful first."""
        groups = list(
            self._referrals.aggregate(
                [
                    {"$group": {"_id": "$referrerId", "registrations": {"$sum": 1}}},
                    {"$sort": {"registrations": -1, "_id": 1}},
                ]
            )
        )
        page = [
            ReferrerSums(
                referrer_id=group["_id"],
                registrations=group["registrations"],
                total_commission=self.total_commission(group["_id"]),
            )
            for group in groups[offset : offset + limit]
        ]
        return page, len(groups)


def _link_from_document(document: Document) -> ReferralLink:
    return ReferralLink(code=document["_id"], user_id=document["userId"], clicks=document["clicks"])


def _referral_from_document(document: Document) -> Referral:
    return Referral(
        user_id=document["_id"],
        organization_id=document["organizationId"],
        referrer_id=document["referrerId"],
        code=document["code"],
        created_at=document["createdAt"],
    )


def _commission_from_document(document: Document) -> Commission:
    return Commission(
        id=document["_id"],
        referrer_id=document["referrerId"],
        user_id=document["userId"],
        credits=document["credits"],
        percent=document["percent"],
        amount=document["amount"],
        created_at=document["createdAt"],
    )
