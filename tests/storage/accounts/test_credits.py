"""R3: the ledger adds up to the balance, and nothing is taken that is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.accounts.credits import Credits
from tests.stores import Store


class Account:
    def __init__(self, store: Store, balance: int) -> None:
        self.store = store
        self.credits = Credits(store.database)
        self.id = store.add_organization(balance=balance)

    def do(self, work: Callable[[Any], Any]) -> Any:
        return self.store.transactions.run(work)

    def reserve(self, amount: int, job_id: str = "a-job") -> bool:
        done: bool = self.do(
            lambda session: self.credits.reserve(self.id, amount, job_id=job_id, session=session)
        )
        return done

    def settle(self, reserved: int, charged: int, job_id: str = "a-job") -> None:
        self.do(
            lambda session: self.credits.settle(
                self.id, job_id=job_id, reserved=reserved, charged=charged, session=session
            )
        )

    def withdraw(self, amount: int) -> bool:
        done: bool = self.do(
            lambda session: self.credits.withdraw(self.id, amount, reason="test", session=session)
        )
        return done

    @property
    def state(self) -> tuple[int, int]:
        """(balance, reserved), by the balance and by the ledger alike."""
        assert self.credits.get_balance(self.id) == self.credits.recompute(self.id)
        return self.credits.get_balance(self.id)

    @property
    def entries(self) -> list[tuple[str, int, int, str | None]]:
        found = self.store.database["ledger"].find({"organizationId": self.id}).sort("_id", 1)
        return [(one["kind"], one["balance"], one["reserved"], one["jobId"]) for one in found]


@pytest.fixture
def account(store: Store) -> Account:
    return Account(store, balance=100)


def test_a_grant_is_on_the_balance_and_in_the_ledger(account: Account) -> None:
    assert account.state == (100, 0)
    assert account.entries == [("grant", 100, 0, None)]


def test_the_whole_balance_can_be_reserved_and_one_more_cannot(account: Account) -> None:
    assert not account.reserve(101)
    assert account.state == (100, 0)
    assert account.reserve(100)
    assert account.state == (0, 100)
    assert not account.reserve(1)
    assert account.entries[1:] == [("reserve", -100, 100, "a-job")]


def test_what_succeeded_is_charged_and_the_rest_comes_back(account: Account) -> None:
    account.reserve(60)
    account.settle(reserved=60, charged=20)
    assert account.state == (80, 0)
    assert account.entries[2:] == [("charge", 0, -20, "a-job"), ("release", 40, -40, "a-job")]


def test_two_jobs_do_not_touch_each_others_reservations(account: Account) -> None:
    account.reserve(30, "one")
    account.reserve(50, "two")
    assert account.state == (20, 80)
    account.settle(reserved=30, charged=30, job_id="one")
    assert account.state == (20, 50)
    account.settle(reserved=50, charged=0, job_id="two")
    assert account.state == (70, 0)


def test_a_job_that_reserves_nothing_leaves_no_entry(account: Account) -> None:
    assert account.reserve(0)
    account.settle(reserved=0, charged=0)
    assert len(account.entries) == 1


def test_credits_that_are_not_there_cannot_be_taken_back(account: Account) -> None:
    account.reserve(40)
    assert not account.withdraw(61)
    assert account.state == (60, 40)
    assert account.withdraw(60)
    assert account.state == (0, 40)
    assert account.entries[-1] == ("grant", -60, 0, None)


def test_other_organizations_are_not_touched(account: Account) -> None:
    other = Account(account.store, balance=7)
    account.reserve(10)
    account.withdraw(10)
    assert other.state == (7, 0)
    assert len(other.entries) == 1


def test_an_organization_that_is_not_there_has_no_balance(account: Account) -> None:
    with pytest.raises(LookupError, match="no organization"):
        account.credits.get_balance("nobody")
    assert account.credits.recompute("nobody") == (0, 0)


def test_the_ledger_is_listed_newest_first_page_by_page_and_for_one_job(account: Account) -> None:
    account.reserve(10, "one")
    account.reserve(20, "two")
    account.settle(reserved=10, charged=4, job_id="one")

    def listed(limit: int, before: str | None = None, job_id: str | None = None) -> list[str]:
        entries, _ = account.credits.list_before(
            account.id, limit=limit, before=before, job_id=job_id
        )
        return [f"{entry.kind} {entry.job_id}" for entry in entries]

    whole = ["release one", "charge one", "reserve two", "reserve one", "grant None"]
    assert listed(9) == whole
    first, total = account.credits.list_before(account.id, limit=2, before=None, job_id=None)
    assert total == 5
    assert listed(9, before=first[-1].id) == whole[2:]
    assert listed(9, job_id="one") == ["release one", "charge one", "reserve one"]
    _, total = account.credits.list_before(account.id, limit=1, before=None, job_id="one")
    assert total == 3
