"""The way through the AzScraper dialect: each operation once, in the order of use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from control_api.documentation.newcomers import BODY_EXAMPLES
from storage.jobs.settlement import Settlement
from storage.pages.saved_pages import SavedPages
from tests.control_api.conftest import OPERATOR_TOKEN
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.examples.crawled import (
    ASIN,
    KEYWORD,
    MISSING_ASIN,
    product_row,
    search_page,
    seen_categories,
)
from tests.control_api.examples.recorder import Recorder
from tests.spiders.little_store import product_html
from tests.spiders.saved.pages import page_of

_SANDBOX = {"marketplace": "sandbox"}
_OTHER_PASSWORD = "another long password"

_DEAL = {
    "name": "Deal on mine",
    "when": {
        "all": [
            {"field": "price", "is": "at_most", "value": 19.99},
            {"field": "availability", "is": "one_of", "value": ["in_stock", "limited"]},
        ]
    },
    "rearmPercent": 2,
}
_KEYWORDS = {
    "name": "Earbuds on the first page",
    "type": "search",
    "topN": 3,
    "config": {"marketplace": "sandbox"},
}


@dataclass
class AzScraper:
    recorder: Recorder
    settlement: Settlement
    database: Database
    # Says once that a crawler lives on the node of this name.
    beat: Callable[[str], None]
    # Takes the receipts that wait.
    observe: Callable[[], None]
    project: str = ""
    code: str = ""

    def walk(self) -> None:
        self._begin()
        self._jobs()
        self._schedules()
        self._monitors()
        self._webhooks()
        self._keys()
        self._referrals()
        self._people()
        self._administration()
        self._account()

    def call(self, operation: str, body: Any = None, **more: Any) -> Any:
        return self.recorder.call(operation, body, **more)

    def _begin(self) -> None:
        call = self.call
        call("GET /health")
        call("GET /health/live")
        register = dict(BODY_EXAMPLES["post", "/auth/register"])
        session = call("POST /auth/register", register)["data"]
        self.database["users"].update_one({}, {"$set": {"isAdmin": True}})
        handoff = call("POST /auth/login-handoff", register)["data"]["handoffToken"]
        call("POST /auth/verify-handoff", {"token": handoff})
        call("POST /auth/login", register)
        self.recorder.token = session["accessToken"]
        project = call("POST /projects", BODY_EXAMPLES["post", "/projects"])["data"]
        self.project = project["id"]
        call("GET /projects")
        call("PATCH /projects/{id}", {"name": "Earbuds"}, id=self.project)

    def _jobs(self) -> None:
        call, project = self.call, self.project
        asked = {
            "type": "details",
            "targets": [ASIN, ASIN, "no product"],
            "config": {"lang": "en-US"},
        }
        call("POST /projects/{projectId}/jobs/check", asked, projectId=project)
        products = {"type": "details", "targets": [ASIN, MISSING_ASIN], "config": _SANDBOX}
        details = call("POST /projects/{projectId}/jobs", products, projectId=project)["data"]
        end_target(self.settlement, details["id"], 0, [{**product_row(), "target": ASIN}])
        fail_target(self.settlement, details["id"], 1)
        search = call(
            "POST /projects/{projectId}/jobs",
            BODY_EXAMPLES["post", "/projects/{projectId}/jobs"],
            projectId=project,
        )["data"]["id"]
        found, said = search_page(3)
        rows = [{**row, "target": KEYWORD} for row in found]
        end_target(
            self.settlement, search, 0, rows, search_info=[said], categories=seen_categories()
        )
        call("GET /jobs", query="?limit=2")
        self._saved_pages(details["id"])
        call("GET /jobs/{id}/timeline", id=search)
        call("GET /jobs/{id}/throughput", id=search, query="?points=2")
        call("GET /jobs/{id}/coverage", id=search)
        call("GET /jobs/{id}", id=details["id"], query="?include=rows")
        call("GET /projects/{projectId}/jobs", projectId=project)
        call("GET /jobs/{id}/targets", id=search)
        call("GET /marketplaces/{code}/categories", code="sandbox", query="?q=electronics")
        call("GET /jobs/{id}/results", id=search, query="?limit=2&q=e")
        for chosen in ("", "?format=csv&fields=asin,title,price.amount,price.currency"):
            call("GET /jobs/{id}/export", id=search, query=chosen)
        jsonl = "?format=jsonl&fields=asin,title,price.amount"
        call("GET /jobs/{id}/export", id=search, query=jsonl)
        self._deltas(products)
        again = call("POST /jobs/{id}/retry", {"only": "failed"}, id=details["id"])["data"]
        call("POST /jobs/{id}/cancel", id=again["id"])
        call("GET /jobs/{id}/report", id=again["id"])

    def _saved_pages(self, job: str) -> None:
        url = f"https://sandbox.test/dp/{ASIN}"
        page = page_of(job, url=url, requested_url=url, body=product_html(ASIN), rows=[(1, 1)])
        SavedPages(self.database).keep([page])
        self.call("GET /jobs/{id}/pages", id=job)
        for kind in ("explain", "replay"):
            self.call(f"GET /jobs/{{id}}/targets/{{index}}/page/{kind}", id=job, index="0")

    def _deltas(self, products: dict[str, Any]) -> None:
        jobs = [
            self.call("POST /projects/{projectId}/jobs", products, projectId=self.project)["data"]
            for _ in range(2)
        ]
        older, newer = (job["id"] for job in jobs)
        row = {**product_row(), "target": ASIN}
        lower = {**row["price"], "amount": row["price"]["amount"] / 2}
        end_target(self.settlement, older, 0, [row])
        end_target(self.settlement, newer, 0, [{**row, "price": lower}])
        fail_target(self.settlement, older, 1)
        fail_target(self.settlement, newer, 1, code="BLOCKED_CAPTCHA")
        against = f"?against={older}"
        self.call("GET /jobs/{id}/delta", id=newer, query=against)
        for chosen in ("", "&format=csv", "&format=jsonl"):
            self.call("GET /jobs/{id}/delta/export", id=newer, query=against + chosen)

    def _schedules(self) -> None:
        call, project = self.call, self.project
        call(
            "POST /schedules/preview",
            {"cron": "30 2 * * *", "timezone": "Europe/Berlin", "count": 2},
        )
        body = BODY_EXAMPLES["post", "/projects/{projectId}/schedules"]
        made = call("POST /projects/{projectId}/schedules", body, projectId=project)["data"]["id"]
        call("POST /schedules/{id}/run", id=made)
        call("GET /schedules/{id}", id=made)
        call("GET /projects/{projectId}/schedules", projectId=project)
        call("GET /schedules/{id}/slots", id=made)
        call("GET /schedules/{id}/jobs", id=made)
        call("PATCH /schedules/{id}", {"cron": "0 7 * * 1-5", "overlap": "queue"}, id=made)
        call("DELETE /schedules/{id}", id=made)

    def _monitors(self) -> None:
        call, project = self.call, self.project
        body = BODY_EXAMPLES["post", "/projects/{projectId}/monitors"]
        made = call("POST /projects/{projectId}/monitors", body, projectId=project)["data"]["id"]
        watch = {"value": ASIN, "label": "own SKU 12", "tags": ["own"], "target": 19.99}
        call("POST /monitors/{id}/watches", {"watches": [watch, {"value": "nonsense"}]}, id=made)
        table = f"value,label,tags,target\n{MISSING_ASIN},their SKU 7,competitor | new,24.99\n"
        call("POST /monitors/{id}/watches/import", table, id=made)
        alert = call("POST /monitors/{id}/alerts", _DEAL, id=made)["data"]["id"]
        for factor in (1, 0.75):
            job = call("POST /monitors/{id}/rounds", {"only": "all"}, id=made)["data"]
            self._look(job, factor)
        call("GET /monitors/{id}/rounds", id=made, query="?limit=1")
        call("GET /monitors/{id}/rounds/{jobId}", id=made, jobId=job["id"])
        call("GET /monitors/{id}/coverage", id=made)
        call("GET /monitors/{id}", id=made)
        call("GET /projects/{projectId}/monitors", projectId=project)
        call("GET /monitors/{id}/watches", id=made, query="?limit=1")
        self._files(made)
        call(
            "GET /projects/{projectId}/changes",
            projectId=project,
            query="?since=start&kind=changed",
        )
        self._watch(f"{made}:{ASIN}")
        call("GET /monitors/{id}/alerts", id=made)
        tried = {"when": _DEAL["when"], "days": 90}
        call("POST /monitors/{id}/alerts/preview", tried, id=made)
        call("GET /alerts/{id}", id=alert)
        call("GET /alerts/{id}/firings", id=alert)
        call("PATCH /alerts/{id}", {"cooldownSeconds": 21_600}, id=alert)
        call("DELETE /alerts/{id}", id=alert)
        call("PATCH /monitors/{id}", {"loud": ["rank"]}, id=made)
        call("DELETE /monitors/{id}", id=made)
        self._keyword()

    def _keyword(self) -> None:
        """The same routes on a list: its answers are shown where products have none."""
        rows, info = search_page(6)
        apart = self.recorder.apart().call
        monitor = apart("POST /projects/{projectId}/monitors", _KEYWORDS, projectId=self.project)[
            "data"
        ]["id"]
        body = {"watches": [{"value": KEYWORD}]}
        apart("POST /monitors/{id}/watches", body, id=monitor)
        job = apart("POST /monitors/{id}/rounds", {"only": "all"}, id=monitor)["data"]["id"]
        seen = [{**row, "scrapedAt": "2026-03-01T06:00:00.000Z"} for row in rows]
        end_target(self.settlement, job, 0, seen, search_info=[info])
        self.observe()
        [watch] = apart("GET /monitors/{id}/watches", id=monitor)["data"]
        self.call("GET /watches/{id}/placements", id=watch["id"])
        query = "?by=brand&top=3&to=2026-03-02"
        self.call("GET /watches/{id}/share", id=watch["id"], query=query)

    def _files(self, monitor: str) -> None:
        steps = "fields=price,availability"
        for kind in ("json", "csv", "jsonl"):
            self.call(
                "GET /monitors/{id}/watches/export", id=monitor, query=f"?tag=own&format={kind}"
            )
            self.call(
                "GET /monitors/{id}/history/export", id=monitor, query=f"?{steps}&format={kind}"
            )

    def _look(self, job: dict[str, Any], factor: float) -> None:
        """A round's products are read, and the observer looks at them."""
        price = {"amount": round(24.99 * factor, 2), "currency": "USD", "raw": "a price"}
        for index, target in enumerate(job["targets"]):
            if target["value"] == ASIN:
                at = f"2026-03-0{1 + (factor < 1)}T06:00:00.000Z"
                row = {**product_row(), "target": ASIN, "price": price, "scrapedAt": at}
                end_target(self.settlement, job["id"], index, [row])
            else:
                fail_target(self.settlement, job["id"], index)
        self.observe()

    def _watch(self, watch: str) -> None:
        call = self.call
        call("GET /watches/{id}", id=watch)
        call("GET /watches/{id}/checks", id=watch)
        query = "?fields=price,availability&to=2026-03-03"
        call("GET /watches/{id}/history", id=watch, query=query)
        call("PATCH /watches/{id}", {"note": "asked the buyer", "target": 18.5}, id=watch)
        call("DELETE /watches/{id}", id=watch)

    def _webhooks(self) -> None:
        call, project = self.call, self.project
        body = BODY_EXAMPLES["post", "/projects/{projectId}/webhooks"]
        made = call("POST /projects/{projectId}/webhooks", body, projectId=project)["data"]["id"]
        call("GET /projects/{projectId}/webhooks", projectId=project)
        call("PATCH /webhooks/{id}", {"rotateSecret": True}, id=made)
        sent = call("POST /webhooks/{id}/test", id=made)["data"]["id"]
        call("GET /webhooks/{id}/deliveries", id=made)
        operation = "POST /webhooks/{id}/deliveries/{deliveryId}/redeliver"
        call(operation, id=made, deliveryId=sent)
        call("DELETE /webhooks/{id}", id=made)

    def _keys(self) -> None:
        call, project = self.call, self.project
        keys = "/private/projects/{projectId}/api-keys"
        made = call(f"POST {keys}", {"name": "the nightly export"}, projectId=project)["data"]["id"]
        call(f"GET {keys}", projectId=project)
        call("GET /organization/api-keys")
        call(f"PATCH {keys}/{{id}}", {"name": "the weekly export"}, projectId=project, id=made)
        call(f"DELETE {keys}/{{id}}", projectId=project, id=made)
        other = call(f"POST {keys}", {"name": "the nightly export"}, projectId=project)["data"]
        call("DELETE /organization/api-keys/{id}", id=other["id"])

    def _referrals(self) -> None:
        call = self.call
        self.code = call("POST /referral/link")["data"]["referralCode"]
        call("POST /referral/click", {"referralCode": self.code})
        friend = {"email": "friend@example.com", "password": _OTHER_PASSWORD}
        call("POST /auth/register", {**friend, "referralCode": self.code})
        buyer = self.database["users"].find_one({"emailKey": "friend@example.com"})
        assert buyer is not None
        credit = "POST /admin/organizations/{id}/credits"
        call(credit, {"amount": 100_000, "reason": "purchase"}, id=buyer["organizationId"])
        for path in ("stats", "users", "commissions"):
            call(f"GET /referral/{path}")
        owner = self.database["users"].find_one({"emailKey": "you@example.com"})
        assert owner is not None
        call("GET /admin/referrals")
        call("GET /admin/referrals/{id}/users", id=owner["_id"])
        call("GET /admin/referral-settings")
        call("PATCH /admin/referral-settings", {"defaultCommissionPercent": 12.5})

    def _people(self) -> None:
        call = self.call
        body = {"email": "colleague@example.com", "password": "a first password", "name": "Kim"}
        member = call("POST /organization/members", body)["data"]["id"]
        call("PATCH /organization/members/{id}", {"role": "owner"}, id=member)
        call("GET /organization/members")
        call("DELETE /organization/members/{id}", id=member)
        invite = {"email": "friend@example.com", "role": "member", "expiresInDays": 14}
        token = call("POST /organization/invitations", invite)["data"]["token"]
        call("GET /organization/invitations")
        other = call("POST /organization/invitations", invite)["data"]["id"]
        call("DELETE /organization/invitations/{id}", id=other)
        mine = self.recorder.token
        self._log_in("friend@example.com")
        call("POST /invitations/accept", {"token": token})
        self._log_in("friend@example.com")
        call("POST /organization/leave")
        self._log_in("friend@example.com")
        call("POST /auth/delete-account", {"currentPassword": _OTHER_PASSWORD})
        self.recorder.token = mine

    def _log_in(self, email: str) -> None:
        body = {"email": email, "password": _OTHER_PASSWORD}
        self.recorder.token = self.call("POST /auth/login", body)["data"]["accessToken"]

    def _administration(self) -> None:
        call = self.call
        organization = call("GET /admin/organizations")["data"][0]["id"]
        call("PATCH /admin/organizations/{id}", {"plan": "unlimited"}, id=organization)
        call("GET /admin/jobs", query="?limit=2")
        call("GET /admin/diagnosis", query=f"?organizationId={organization}")
        call("GET /admin/queue")
        call("GET /admin/failures")
        call("GET /admin/pace")
        call("GET /admin/settings")
        rates = {"marketplaces": {"DE": 30}}
        call("PATCH /admin/settings", {"crawlRate": rates, "deliverTo": {"DE": "10115"}})
        node = {
            "url": "http://node.example.com:6800",
            "username": "azscraper",
            "password": "a pass",
        }
        name = call("POST /admin/nodes", node)["data"]["name"]
        self.beat(name)
        call("GET /admin/nodes")
        call("PATCH /admin/nodes/{name}", {"draining": True}, name=name)
        call("DELETE /admin/nodes/{name}", name=name)
        url = "http://user:pass@proxy.example.com:8080"
        proxy = call("POST /admin/proxies", {"url": url})["data"]["id"]
        call("GET /admin/proxies")
        call("DELETE /admin/proxies/{id}", id=proxy)
        mine, self.recorder.token = self.recorder.token, OPERATOR_TOKEN
        call("GET /metrics")
        self.recorder.token = mine

    def _account(self) -> None:
        call = self.call
        call("GET /usage")
        call("GET /usage/ledger", query="?limit=3")
        call("GET /usage/history", query="?months=2")
        call("GET /audit", query="?limit=2&action=job.created")
        call("GET /private/credits/packages")
        call("DELETE /projects/{id}", id=self.project)
        password = BODY_EXAMPLES["post", "/auth/login"]["password"]
        change = {"currentPassword": password, "newPassword": _OTHER_PASSWORD}
        call("POST /auth/change-password", change)
        self._log_in("you@example.com")
        call("POST /auth/logout")
        # As a newcomer sends them.
        for name in ("POST /auth/login", "POST /auth/register"):
            self.recorder.examples[name]["request"] = dict(BODY_EXAMPLES["post", name[5:]])
