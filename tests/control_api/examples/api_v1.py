"""The way through /api/v1: each operation once, in the order of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from control_api.documentation.newcomers import BODY_EXAMPLES
from storage.jobs.settlement import Settlement
from storage.runs.run_claims import RunClaims
from storage.runs.runs import Runs
from storage.runs.spiders import DeployedSpider, Spiders
from tests.control_api.api_v1.conftest import page_row
from tests.control_api.crawling import end_target
from tests.control_api.examples.recorder import Recorder

_FILE = "spiders/own/shop.py"
_NODE = "node.example.com:6800"
_LINES = ["2026-01-15 10:32:00 [scrapy.core.engine] INFO: Spider opened"]
_ITEMS = [{"title": "Earbuds", "price": 29.9}, {"title": "Headphones", "price": 59.0}]


@dataclass
class ApiV1:
    recorder: Recorder
    settlement: Settlement
    database: Database
    claims: RunClaims

    def walk(self) -> None:
        call = self.call
        register = BODY_EXAMPLES["post", "/api/v1/auth/register"]
        self.recorder.token = ""
        self.recorder.token = call("POST auth/register", register)["access_token"]
        call("POST auth/login", register)
        # Spider jobs need a deployed spider, which no request can make.
        deployed = DeployedSpider(
            name="shop", repo_path=_FILE, arguments=("category",), description="Reads a shop"
        )
        Spiders(self.database).register([deployed], version="2026.1")
        self._page_jobs()
        spider = self._spiders()
        self._spider_jobs()
        self._schedules(spider)
        self._rest()

    def call(self, operation: str, body: Any = None, **more: Any) -> Any:
        method, _, path = operation.partition(" ")
        return self.recorder.call(f"{method} /api/v1/{path}", body, **more)

    def _page_jobs(self) -> None:
        call = self.call
        body = BODY_EXAMPLES["post", "/api/v1/jobs"]
        job = call("POST jobs", body)["id"]
        row = page_row(body["url"], title="Example Domain", links=["/a", "/b"])
        end_target(self.settlement, job, 0, [row])
        call("GET jobs/{id}", id=job, query="?include=rows")
        call("GET results/{job_id}", job_id=job)
        for chosen in ("", "?format=csv"):
            call("GET results/{job_id}/export", job_id=job, query=chosen)
        call("DELETE jobs/{id}", id=call("POST jobs", body)["id"])

    def _spiders(self) -> str:
        call = self.call
        body = {"name": "shop, slowly", "repo_path": _FILE, "settings": {"DOWNLOAD_DELAY": 2}}
        made: str = call("POST spiders", body)["id"]
        call("PATCH spiders/{id}", {"description": "Reads a shop slowly"}, id=made)
        call("GET spiders/{id}", id=made)
        call("GET spiders")
        return made

    def _spider_jobs(self) -> None:
        call = self.call
        body = {"spider_name": "shop", "arguments": {"category": "audio"}}
        job = call("POST jobs", body)["jobId"]
        run = Runs(self.database).find(job)
        assert run is not None
        sent = Runs(self.database).dispatch(run, _NODE)
        assert sent is not None
        claimed = self.claims.claim(job, sent.dispatch_id or "", claimant="1", version="2026.1")
        assert claimed is not None
        assert self.claims.write_items(claimed.claim, 0, _ITEMS)
        self.claims.beat(claimed.claim, _LINES, sessions=[])
        call("GET jobs/{id}/items", id=job)
        call("GET jobs/{id}/logs", id=job)
        call("GET jobs")
        call("DELETE jobs/{id}", id=call("POST jobs", body)["jobId"])
        self.recorder.examples["POST /api/v1/jobs"]["request"] = BODY_EXAMPLES[
            "post", "/api/v1/jobs"
        ]

    def _schedules(self, spider: str) -> None:
        call = self.call
        body = {
            "spider_id": spider,
            "cron_expression": "0 6 * * 1-5",
            "timezone": "Europe/Berlin",
            "arguments": {"category": "audio"},
        }
        made = call("POST schedules", body)["id"]
        call("POST schedules/{id}/run", id=made)
        call("PATCH schedules/{id}", {"enabled": False}, id=made)
        call("GET schedules/{id}", id=made)
        call("GET schedules")
        call("DELETE schedules/{id}", id=made)
        call("DELETE spiders/{id}", id=spider)

    def _rest(self) -> None:
        call = self.call
        key = call("POST api-keys", {"name": "the nightly export"})["id"]
        call("GET api-keys")
        call("DELETE api-keys/{id}", id=key)
        hook = {"webhook_url": "https://hooks.example.com/azscraper", "events": ["job.completed"]}
        made = call("POST webhooks", hook)["id"]
        call("GET webhooks")
        call("DELETE webhooks/{id}", id=made)
        for path in ("stats", "proxies", "system"):
            call(f"GET monitoring/{path}")
