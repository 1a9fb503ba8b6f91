from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

SELECTORS = {"title": "h1::text", "price": ".price::text"}
URL = "https://example.com/products"


@dataclass(frozen=True)
class V1User:
    """A user of /api/v1, by name."""

    client: FlaskClient
    name: str
    token: str

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        return self.call("POST", path, json=body, **options)

    def delete(self, path: str) -> Any:
        return self.call("DELETE", path)

    def start(self, **body: Any) -> str:
        """The id of a new page job."""
        answer = self.post("/jobs", {"url": URL, "selectors": SELECTORS, **body})
        assert answer.status_code == 201, answer.text
        job_id: str = answer.json["id"]
        return job_id


MakeUser = Callable[..., V1User]


@pytest.fixture
def make_user(client: FlaskClient, database: Database) -> MakeUser:
    def make(name: str = "reader", *, plan: str = "unlimited") -> V1User:
        body = {"username": name, "password": "password"}
        answer = client.post("/api/v1/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        user = database["users"].find_one({"usernameKey": name})
        database["organizations"].update_one(
            {"_id": user["organizationId"]}, {"$set": {"plan": plan}}
        )
        return V1User(client, name, answer.json["access_token"])

    return make


@pytest.fixture
def user(make_user: MakeUser) -> V1User:
    return make_user()


def page_row(url: str, *, engine: str = "scrapy", **data: Any) -> dict[str, Any]:
    """A row as the site spider stores it."""
    return {
        "url": url,
        "data": data,
        "depth": 0,
        "engine": engine,
        "scrapedAt": "2026-01-15T10:32:00.000Z",
        "jobId": None,
    }


def refused(answer: Any, status: int = 400, kind: str | None = "validation_error") -> str:
    """The text of an error body whose shape is contracts.md section 2's."""
    assert answer.status_code == status, answer.text
    expected = {"detail", "error"} | ({"type"} if kind else set())
    assert set(answer.json) == expected, answer.json
    assert answer.json.get("type") == kind
    assert answer.json["detail"] == answer.json["error"]
    text: str = answer.json["detail"]
    return text
