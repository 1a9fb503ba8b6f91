"""The app as it runs, on real servers, in a database of the test's own."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.services.accounts import passwords
from control_api.wiring.api import build_parts
from settings.config import Config
from storage.base.connections import CODEC
from storage.base.indexes import create_indexes
from storage.jobs.settlement import Settlement

SECRET = "a-secret-of-the-tests-0123456789-abcdefghij"
OPERATOR_TOKEN = "the-operators-token-of-the-tests"
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Tenant:
    """An organization's owner, with a client that sends the credential along."""

    client: FlaskClient
    email: str
    token: str
    user_id: str
    organization_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> Any:
        return self.call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Any:
        return self.call("PATCH", path, **options)

    def make_project(self, name: str = "a project") -> str:
        answer = self.post("/projects", json={"name": name})
        assert answer.status_code == 201, answer.text
        project_id: str = answer.json["data"]["id"]
        return project_id

    def make_job(self, project_id: str | None = None, **body: Any) -> dict[str, Any]:
        wanted = {"type": "search", "targets": ["wireless earbuds"], **body}
        project = project_id or self.make_project()
        answer = self.post(f"/projects/{project}/jobs", json=wanted)
        assert answer.status_code == 201, answer.text
        job: dict[str, Any] = answer.json["data"]
        return job


def error_of(answer: Any) -> tuple[int, str, str]:
    """The status, the code and the message of a refusal."""
    return answer.status_code, answer.json["error"]["code"], answer.json["error"]["message"]


def join(owner: Tenant, email: str, *, role: str = "member", name: str | None = None) -> Tenant:
    """A person who has come into the owner's organization by invitation, with a password of their own."""
    invited = owner.post("/organization/invitations", json={"role": role})
    assert invited.status_code == 201, invited.text
    body = {
        "email": email,
        "password": PASSWORD,
        "invitationToken": invited.json["data"]["token"],
        **({"name": name} if name else {}),
    }
    answer = owner.client.post("/auth/register", json=body)
    assert answer.status_code == 201, answer.text
    session = answer.json["data"]
    return Tenant(
        owner.client, email, session["accessToken"], session["user"]["id"], owner.organization_id
    )


@pytest.fixture(scope="session")
def indexed_database(mongo_client: MongoClient) -> Iterator[Database]:
    """Made once: creating the indexes for each test would take most of the tests' time."""
    name = f"azscraper_test_{secrets.token_hex(6)}"
    database = mongo_client.get_database(name, codec_options=CODEC)
    create_indexes(database)
    yield database
    mongo_client.drop_database(name)


@pytest.fixture
def database(indexed_database: Database) -> Database:
    """An empty database, read and written as the product does."""
    for name in indexed_database.list_collection_names():
        indexed_database[name].delete_many({})
    return indexed_database


@pytest.fixture
def config(mongodb_uri: str, redis_url: str, database: Database) -> Config:
    return Config(
        mongodb_uri=mongodb_uri,
        mongodb_database=database.name,
        redis_url=redis_url,
        jwt_secret=SECRET,
        operator_token=OPERATOR_TOKEN,
        # Their rows name pictures that nobody has.
        images=False,
        # Tests that walk over all routes ask more often than a user may; test_rate_limit.py does not.
        api_v1_rate_limit=100_000,
    )


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """argon2 at its least: its real cost is the product's, and would be most of the tests' time."""
    least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", lambda **costs: least)
        yield


@pytest.fixture(scope="session")
def apps() -> Iterator[dict[Config, OpenAPI]]:
    """One app per configuration: it keeps no state between requests but its stores, emptied by test."""
    closers: list[Callable[[], None]] = []
    yield _Apps(closers)
    for close in closers:
        close()


class _Apps(dict[Config, OpenAPI]):
    def __init__(self, closers: list[Callable[[], None]]) -> None:
        super().__init__()
        self._closers = closers

    def __missing__(self, config: Config) -> OpenAPI:
        parts = build_parts(config)
        self._closers.append(parts.close)
        self[config] = create_app(config, parts)
        return self[config]


@pytest.fixture
def app(config: Config, redis_client: Redis, apps: dict[Config, OpenAPI]) -> OpenAPI:
    return apps[config]


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def settlement(database: Database) -> Settlement:
    return Settlement(database.client, database)


@pytest.fixture
def make_tenant(client: FlaskClient, database: Database) -> Callable[..., Tenant]:
    numbers = itertools.count(1)

    def make(plan: str = "free") -> Tenant:
        email = f"owner{next(numbers)}@example.com"
        answer = client.post("/auth/register", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        user = database["users"].find_one({"emailKey": email})
        database["organizations"].update_one(
            {"_id": user["organizationId"]}, {"$set": {"plan": plan}}
        )
        token = answer.json["data"]["accessToken"]
        return Tenant(client, email, token, user["_id"], user["organizationId"])

    return make


@pytest.fixture
def tenant(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant()
