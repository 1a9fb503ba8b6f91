"""The app on real stores, with deployed spiders that a node has registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from storage.runs.spiders import DeployedSpider, Spiders
from tests.control_api.conftest import (
    app,
    apps,
    cheap_passwords,
    client,
    config,
    database,
    indexed_database,
    settlement,
)

__all__ = [
    "app",
    "apps",
    "cheap_passwords",
    "client",
    "config",
    "database",
    "indexed_database",
    "settlement",
]

DEPLOYED = [
    DeployedSpider(
        name="my-spider",
        repo_path="spiders/my_spider.py",
        arguments=("url", "pages"),
        description="A spider of the tests",
    ),
    DeployedSpider(
        name="amazon_search",
        repo_path="spiders/amazon/search.py",
        arguments=("keywords", "max_pages"),
        description="Searches",
    ),
]


@dataclass(frozen=True)
class Caller:
    """Someone with a credential: an API key `st_...`, or a token."""

    client: FlaskClient
    credential: str
    token: str
    user_id: str
    organization_id: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.credential}", **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Mapping[str, Any], **options: Any) -> Any:
        return self.call("POST", path, json=body, **options)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self.call("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)

    def start(self, **body: Any) -> str:
        answer = self.post("/jobs", {"spider_name": "my-spider", **body})
        assert answer.status_code == 200, answer.text
        job_id: str = answer.json["jobId"]
        return job_id


MakeCaller = Callable[..., Caller]


@pytest.fixture
def spiders(database: Database) -> Spiders:
    found = Spiders(database)
    found.register(DEPLOYED, version="1")
    return found


@pytest.fixture
def make_caller(client: FlaskClient, database: Database, spiders: Spiders) -> MakeCaller:
    def make(email: str = "owner@example.com", *, plan: str = "unlimited") -> Caller:
        body = {"email": email, "password": "correct horse"}
        token = client.post("/auth/register", json=body).json["data"]["accessToken"]
        user = database["users"].find_one({"emailKey": email})
        own = {"_id": user["organizationId"]}
        database["organizations"].update_one(own, {"$set": {"plan": plan}})
        headers = {"Authorization": f"Bearer {token}"}
        key = client.post("/api/v1/api-keys", json={"name": "mine"}, headers=headers)
        assert key.status_code == 200, key.text
        return Caller(client, key.json["key"], token, user["_id"], user["organizationId"])

    return make


@pytest.fixture
def caller(make_caller: MakeCaller) -> Caller:
    return make_caller()
