"""contracts.md, rows `usage`, `audit`, `referral`, `admin`, `credits packages`; removal, retention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from pymongo.database import Database
from redis import Redis

from control_api.azscraper.schemas.account.account import AuditAnswer, PackagesAnswer, UsageAnswer
from control_api.operator.schemas.admin import OrganizationsAnswer, SettingsAnswer
from control_api.services.jobs.removal import Remover
from control_api.services.operator.operations import CrawlRates
from control_api.worker.retention import Retention
from settings.config import Config
from spiders.types.registry import POOL_SPIDERS
from storage.accounts.credits import Credits
from storage.accounts.operator_settings import OperatorSettingsStore
from storage.base.clock import utc_now
from storage.base.connections import connect_redis
from storage.base.transactions import Transactions
from storage.jobs.jobs import Jobs
from storage.jobs.removals import Removals
from storage.jobs.settlement import Settlement
from storage.queue.pace import PaceRates
from storage.queue.seed_queue import SeedQueue
from tests.control_api.conftest import PASSWORD, Tenant
from tests.control_api.crawling import end_target


@pytest.fixture
def admin(make_tenant: Callable[..., Tenant], database: Database) -> Tenant:
    tenant = make_tenant()
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    return tenant


def test_usage(tenant: Tenant) -> None:
    """ "`GET /usage` exactly as the original API, and ours: `credits{balance,reserved}`" """
    job = tenant.make_job(targets=["a", "b"])
    tenant.get(f"/jobs/{job['id']}/export")
    answer = tenant.get("/usage")
    UsageAnswer.model_validate(answer.json)
    assert answer.json["data"] == {
        "limits": {"jobsPerMonth": 10, "targetsPerMonth": 100, "exportsPerMonth": 20},
        "used": {"jobsThisMonth": 1, "targetsThisMonth": 2, "exportsThisMonth": 1},
        "remaining": {"jobsPerMonth": 9, "targetsPerMonth": 98, "exportsPerMonth": 19},
        "credits": {"balance": 990, "reserved": 10},
    }


def test_a_head_of_an_export_counts_nothing(tenant: Tenant) -> None:
    job = tenant.make_job()
    answer = tenant.call("HEAD", f"/jobs/{job['id']}/export?format=csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert tenant.get("/usage").json["data"]["used"]["exportsThisMonth"] == 0


def test_unlimited_has_no_limits(make_tenant: Callable[..., Tenant]) -> None:
    data = make_tenant("unlimited").get("/usage").json["data"]
    assert set(data["limits"].values()) == set(data["remaining"].values()) == {None}


def test_packages(tenant: Tenant) -> None:
    """The original API's `starter`; "$1 = 10,000 credits"."""
    answer = tenant.get("/private/credits/packages")
    PackagesAnswer.model_validate(answer.json)
    assert answer.json["data"][0] == {
        "id": "starter",
        "name": "Starter",
        "priceCents": 500,
        "currency": "USD",
        "credits": 50000,
        "bonusCredits": 0,
    }


class TestAudit:
    def test_entries_are_filtered(self, tenant: Tenant) -> None:
        """ "`GET /audit?limit&offset&action&entityType&from&to`" """
        project = tenant.make_project()
        tenant.make_job(project)
        every = tenant.get("/audit").json
        AuditAnswer.model_validate(every)
        assert [entry["action"] for entry in every["data"]] == [
            "job.created", "project.created", "user.registered",
        ]  # fmt: skip
        for query, count in (
            ("action=job.created", 1),
            ("entityType=project", 1),
            ("limit=1&offset=1", 3),
            ("from=2000-01-01", 3),
            ("to=2000-01-01", 0),
            (f"to={utc_now():%Y-%m-%d}", 3),
        ):
            assert tenant.get(f"/audit?{query}").json["meta"]["total"] == count, query
        assert tenant.get("/audit?from=yesterday").status_code == 400

    def test_it_is_the_organizations_own(
        self, tenant: Tenant, make_tenant: Callable[..., Tenant]
    ) -> None:
        tenant.make_project()
        entries = make_tenant().get("/audit").json["data"]
        assert [entry["action"] for entry in entries] == ["user.registered"]


class TestReferral:
    def register(self, client: FlaskClient, email: str, code: str) -> int:
        body = {"email": email, "password": PASSWORD, "referralCode": code}
        return client.post("/auth/register", json=body).status_code

    def code(self, tenant: Tenant) -> str:
        data = tenant.post("/referral/link").json["data"]
        assert data["referralLink"].endswith(data["referralCode"])
        return str(data["referralCode"])

    def test_a_registration_by_a_link_is_attributed(self, tenant: Tenant) -> None:
        code = self.code(tenant)
        assert self.code(tenant) == code
        assert self.register(tenant.client, "friend@example.com", code) == 201
        listed = tenant.get("/referral/users").json
        assert listed["meta"] == {"total": 1}
        assert listed["data"][0]["email"] == "f***@example.com"
        stats = tenant.get("/referral/stats").json["data"]
        assert stats == {
            "clicks": 0, "registrations": 1, "activeReferrals": 0, "totalCommission": 0,
        }  # fmt: skip

    def test_the_link_counts_the_visit_and_leads_to_the_registration(self, tenant: Tenant) -> None:
        link = tenant.post("/referral/link").json["data"]
        answer = tenant.client.get(link["referralLink"])
        assert answer.status_code == 302
        assert answer.headers["Cache-Control"] == "no-store"
        page = urlsplit(answer.headers["Location"])
        assert (page.path, page.query) == ("/api/docs", f"ref={link['referralCode']}")
        _, tag, operation = page.fragment.split("/")
        document = tenant.client.get("/api/openapi.json").json
        registration = document["paths"]["/auth/register"]["post"]
        assert (registration["tags"], registration["operationId"]) == ([tag], operation)
        assert tenant.client.head(link["referralLink"]).status_code == 302
        assert tenant.get("/referral/stats").json["data"]["clicks"] == 1

    def test_visitors_beyond_the_limit_arrive_and_are_not_counted(self, tenant: Tenant) -> None:
        link = tenant.post("/referral/link").json["data"]
        answers = [tenant.client.get(link["referralLink"]) for _ in range(7)]
        assert {answer.status_code for answer in answers} == {302}
        assert tenant.get("/referral/stats").json["data"]["clicks"] == 5

    def test_the_link_leads_to_the_operators_own_page(
        self, config: Config, apps: dict[Config, OpenAPI], tenant: Tenant
    ) -> None:
        page = "https://shop.example.com/join?from=a%20friend#form"
        client = apps[replace(config, sign_up_url=page)].test_client()
        answer = client.get("/r/NO%2FSUCH%26to=x")
        assert answer.status_code == 404, "a code is one part of a path"
        answer = client.get("/r/NO%26to=x")
        assert answer.headers["Location"] == (
            "https://shop.example.com/join?from=a+friend&ref=NO%26to%3Dx#form"
        )

    def test_ones_own_mailbox_and_unknown_codes_attribute_nothing(
        self, tenant: Tenant, database: Database
    ) -> None:
        """ "Self-referral ... refused; an unknown code at register is ignored (ours)" """
        own = tenant.email.replace("@", "+again@")
        assert self.register(tenant.client, own, self.code(tenant)) == 201
        assert self.register(tenant.client, "friend@example.com", "NOSUCH") == 201
        assert database["referrals"].count_documents({}) == 0

    def test_clicks_are_limited_by_address(self, tenant: Tenant) -> None:
        """ "5 per 10 s per IP" """
        body = {"referralCode": self.code(tenant)}
        statuses = [tenant.client.post("/referral/click", json=body).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]
        assert tenant.get("/referral/stats").json["data"]["clicks"] == 5

    def test_a_purchase_earns_a_commission(self, tenant: Tenant, admin: Tenant, database) -> None:
        self.register(tenant.client, "friend@example.com", self.code(tenant))
        friend = database["users"].find_one({"emailKey": "friend@example.com"})
        admin.patch("/admin/referral-settings", json={"defaultCommissionPercent": 12.5})
        path = f"/admin/organizations/{friend['organizationId']}/credits"
        admin.post(path, json={"amount": 200_000, "reason": "purchase"})
        admin.post(path, json={"amount": 200_000, "reason": "a gift"})
        earned = tenant.get("/referral/commissions").json
        assert earned["meta"] == {"total": 1}
        assert earned["data"][0]["amount"] == 2.5
        assert tenant.get("/referral/commissions?to=2000-01-01").json["meta"]["total"] == 0
        assert tenant.get("/referral/stats").json["data"]["totalCommission"] == 2.5
        referrers = admin.get("/admin/referrals").json["data"]
        assert [(one["id"], one["totalCommission"]) for one in referrers] == [(tenant.user_id, 2.5)]
        brought = admin.get(f"/admin/referrals/{tenant.user_id}/users").json["data"]
        assert [one["id"] for one in brought] == [friend["_id"]]


class TestAdmin:
    def test_a_crawl_rate_reaches_the_crawlers_without_a_restart(
        self, admin: Tenant, config: Config, redis_client: Redis, database: Database
    ) -> None:
        body = {"crawlRate": {"marketplaces": {"US": 30, "DE": 12.5}}}
        answer = admin.patch("/admin/settings", json=body)
        SettingsAnswer.model_validate(answer.json)
        rates = answer.json["data"]["crawlRate"]
        assert rates["defaultPerMinute"] == 60
        assert (rates["marketplaces"]["US"], rates["marketplaces"]["FR"]) == (30, 60)
        assert "sandbox" not in rates["marketplaces"]
        with connect_redis(config) as client:
            pace = PaceRates(client)
            assert pace.get_all() == {"US": 30, "DE": 12.5}
            redis_client.flushdb()
            store = OperatorSettingsStore(database)
            CrawlRates(store, pace, default_per_minute=60).publish()
            assert pace.get_all() == {"US": 30, "DE": 12.5}
            back = {"crawlRate": {"marketplaces": {"US": None}, "defaultPerMinute": 90}}
            admin.patch("/admin/settings", json=back)
            assert pace.get_all()["US"] == pace.get_all()["FR"] == 90
            assert pace.get_all()["DE"] == 12.5

    @pytest.mark.parametrize(
        "rate", [{"marketplaces": {"XX": 1}}, {"marketplaces": {"US": 0}}, {"defaultPerMinute": -1}]
    )
    def test_a_rate_that_cannot_be_is_refused(self, admin: Tenant, rate: dict) -> None:
        assert admin.patch("/admin/settings", json={"crawlRate": rate}).status_code == 400

    def test_plans_and_credits_of_an_organization(
        self, admin: Tenant, tenant: Tenant, database: Database
    ) -> None:
        listed = admin.get("/admin/organizations").json
        OrganizationsAnswer.model_validate(listed)
        assert {one["id"] for one in listed["data"]} >= {tenant.organization_id}
        path = f"/admin/organizations/{tenant.organization_id}"
        assert admin.patch(path, json={"plan": "unlimited"}).json["data"]["plan"] == "unlimited"
        assert tenant.get("/usage").json["data"]["limits"]["jobsPerMonth"] is None
        taken = admin.post(f"{path}/credits", json={"amount": -400, "reason": "a mistake"})
        assert taken.json["data"]["creditBalance"] == 600
        too_much = admin.post(f"{path}/credits", json={"amount": -601, "reason": "a mistake"})
        assert too_much.status_code == 409
        ledger = Credits(database)
        assert ledger.recompute(tenant.organization_id) == (600, 0)

    def test_jobs_of_all_organizations(self, admin: Tenant, tenant: Tenant) -> None:
        job = tenant.make_job()
        query = f"status=queued&organizationId={tenant.organization_id}"
        assert [one["id"] for one in admin.get(f"/admin/jobs?{query}").json["data"]] == [job["id"]]
        assert admin.get("/admin/jobs?status=running").json["meta"] == {"total": 0}


def remover(database: Database, config: Config) -> Remover:
    return Remover(
        Removals(database),
        Jobs(database),
        Settlement(database.client, database),
        seeds=SeedQueue(connect_redis(config), POOL_SPIDERS),
        transactions=Transactions(database.client),
    )


class TestRemoval:
    def test_a_project_goes_with_all_that_is_in_it(
        self, tenant: Tenant, settlement: Settlement, database: Database
    ) -> None:
        project, other = tenant.make_project(), tenant.make_project()
        kept = tenant.make_job(other)
        done = tenant.make_job(project)
        end_target(settlement, done["id"], 0, [{"asin": "B000000001"}])
        open_job = tenant.make_job(project, targets=["a", "b"])
        assert tenant.call("DELETE", f"/projects/{project}").json == {"success": True}
        for job in (done, open_job):
            assert tenant.get(f"/jobs/{job['id']}").status_code == 404
        assert {job["_id"] for job in database["jobs"].find()} == {kept["id"]}
        assert {one["jobId"] for one in database["targets"].find()} == {kept["id"]}
        for name in ("results", "removals"):
            assert database[name].count_documents({}) == 0
        # The open job gave its reservation back, the finished one was charged.
        assert Credits(database).get_balance(tenant.organization_id) == (990, 5)
        assert Credits(database).recompute(tenant.organization_id) == (990, 5)

    def test_a_removal_that_broke_off_is_finished_by_the_worker(
        self, tenant: Tenant, database: Database, config: Config
    ) -> None:
        project = tenant.make_project()
        job = tenant.make_job(project)
        database["projects"].delete_one({"_id": project})
        Transactions(database.client).run(
            lambda session: Removals(database).note_project(project, session)
        )
        assert tenant.get(f"/jobs/{job['id']}").status_code == 200
        Retention(remover(database, config), days=0).run()
        for name in ("jobs", "targets", "removals"):
            assert database[name].count_documents({}) == 0

    def test_old_jobs_go_and_young_ones_stay(
        self, tenant: Tenant, settlement: Settlement, database: Database, config: Config
    ) -> None:
        """ "`RETENTION_DAYS` (off by default) removes old jobs with all that belongs to them" """
        old, young, still_open = (tenant.make_job() for _ in range(3))
        for job in (old, young):
            end_target(settlement, job["id"], 0, [{"asin": "B000000001"}])
        long_ago = utc_now() - timedelta(days=8)
        database["jobs"].update_one({"_id": old["id"]}, {"$set": {"completedAt": long_ago}})
        Retention(remover(database, config), days=0).run()
        assert database["jobs"].count_documents({}) == 3
        Retention(remover(database, config), days=7).run()
        remaining = {young["id"], still_open["id"]}
        assert {job["_id"] for job in database["jobs"].find()} == remaining
        assert {one["jobId"] for one in database["targets"].find()} == remaining
        assert {one["jobId"] for one in database["results"].find()} == {young["id"]}
        assert {one["jobId"] for one in database["outbox"].find()} == {young["id"]}
