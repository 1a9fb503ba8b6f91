"""What a job is charged at its end."""

from __future__ import annotations

from tests.stores import Store, failure, success


def test_a_job_is_charged_for_what_succeeded_and_gets_the_rest_back(store: Store) -> None:
    organization = store.add_organization(balance=100)
    job = store.add_job(3, organization_id=organization, credits_per_target=5)
    assert store.credits.get_balance(organization) == (85, 15)
    store.settlement.commit([], [success(job, 0), failure(job, 1)])
    assert store.credits.get_balance(organization) == (85, 15), "nothing moves before the end"
    store.settlement.commit([], [success(job, 2)])
    assert store.credits.get_balance(organization) == (90, 0)
    assert store.credits.recompute(organization) == (90, 0)


def test_a_cancelled_job_is_charged_for_what_had_succeeded(store: Store) -> None:
    organization = store.add_organization(balance=10)
    job = store.add_job(4, organization_id=organization, credits_per_target=1)
    store.settlement.commit([], [success(job, 0)])
    store.settlement.cancel(job.id)
    assert store.credits.get_balance(organization) == (9, 0)
    assert store.credits.recompute(organization) == (9, 0)


def test_a_job_that_failed_costs_nothing(store: Store) -> None:
    organization = store.add_organization(balance=10)
    job = store.add_job(2, organization_id=organization, credits_per_target=5)
    store.settlement.commit([], [failure(job, 0), failure(job, 1)])
    assert store.credits.get_balance(organization) == (10, 0)
