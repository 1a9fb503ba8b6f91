"""Promise H3 and "never credentials": the operator's proxies over the API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from pymongo.database import Database
from redis import Redis

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config, load_config
from spiders.sites.addresses import refusal_text
from storage.accounts.proxies import Proxies
from storage.queue.seed_keys import proxy_key
from tests.control_api.conftest import Tenant

SECRET_URL = "http://buyer:hunter2%2F@proxy.example.com:8080"


@pytest.fixture
def admin(make_tenant: Callable[..., Tenant], database: Database) -> Tenant:
    tenant = make_tenant("unlimited")
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    return tenant


@pytest.fixture
def allowing_client(config: Config, redis_client: Redis) -> Iterator[FlaskClient]:
    networks = load_config({"ALLOWED_NETWORKS": "10.0.0.0/8"}).allowed_networks
    allowing = replace(config, allowed_networks=networks)
    parts = build_parts(allowing)
    yield create_app(allowing, parts).test_client()
    parts.close()


def test_a_proxy_is_added_listed_and_removed(admin: Tenant, database: Database) -> None:
    made = admin.post("/admin/proxies", json={"url": SECRET_URL})
    assert made.status_code == 201
    data = made.json["data"]
    created_at = data.pop("createdAt")
    proxy_id = data.pop("id")
    assert created_at.endswith("Z")
    assert data == {
        "url": "http://***@proxy.example.com:8080",
        "status": "active",
        "successes": 0,
        "failures": 0,
        "successRate": None,
        "bannedUntil": None,
        "lastFailure": None,
    }
    assert [proxy.url for proxy in Proxies(database).list_all()] == [SECRET_URL]
    listed = admin.get("/admin/proxies").json
    assert [one["id"] for one in listed["data"]] == [proxy_id]
    assert listed["meta"] == {"total": 1}
    assert admin.post("/admin/proxies", json={"url": SECRET_URL}).status_code == 409
    removed = admin.call("DELETE", f"/admin/proxies/{proxy_id}")
    assert (removed.status_code, removed.json) == (200, {"data": {"ok": True}})
    assert admin.call("DELETE", f"/admin/proxies/{proxy_id}").status_code == 404
    assert admin.get("/admin/proxies").json == {"data": [], "meta": {"total": 0}}


def test_credentials_are_in_no_answer_audit_entry_or_log(
    admin: Tenant, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [
        admin.post("/admin/proxies", json={"url": SECRET_URL}),
        admin.post("/admin/proxies", json={"url": SECRET_URL}),
        admin.post("/admin/proxies", json={"url": SECRET_URL + "/path"}),
        admin.post("/admin/proxies", json={"url": SECRET_URL.replace("8080", "hunter2")}),
        admin.post("/admin/proxies", json={"url": [SECRET_URL]}),
        admin.post("/admin/proxies", json={"url": SECRET_URL.replace("http", "socks5")}),
        admin.get("/admin/proxies"),
        admin.get("/api/v1/monitoring/proxies"),
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 400, 400, 400, 400, 200, 200]
    proxy_id = answers[0].json["data"]["id"]
    admin.call("DELETE", f"/admin/proxies/{proxy_id}")
    answers.append(admin.get("/audit-logs"))
    entries = list(database["audit"].find({"entityType": "proxy"}).sort("_id", 1))
    assert [entry["action"] for entry in entries] == ["proxy.created", "proxy.deleted"]
    assert entries[0]["metadata"] == {"url": "http://***@proxy.example.com:8080"}
    said = "".join(answer.text for answer in answers) + str(entries) + caplog.text
    assert "hunter2" not in said and "buyer" not in said


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:8080", "url " + refusal_text("loopback")),
        ("http://user:pw@10.1.2.3:8080", "url " + refusal_text("private")),
        ("http://[::ffff:127.0.0.1]:8080", "url " + refusal_text("IPv4-mapped")),
        ("http://169.254.169.254", "url " + refusal_text("link-local")),
        ("http://2130706433:8080", "url must write an IPv4 address as four decimal numbers"),
        ("http://public.example\\@127.0.0.1:8080", "url " + refusal_text("loopback")),
        ("http://proxy.example.com:8080/x", "url must end after the host and port"),
        ("http://proxy.example.com:22", "url must have port 80, 443, or one from 1024 to 65535"),
        (
            "http://:pw@proxy.example.com:8080",
            "url must hold a user name and password of ASCII characters, or neither",
        ),
        (
            "http://a:b%0d%0ac@proxy.example.com:8080",
            "url must hold a user name and password without control characters",
        ),
    ],
)
def test_what_is_no_proxy_of_ours_is_refused(admin: Tenant, url: str, message: str) -> None:
    answer = admin.post("/admin/proxies", json={"url": url})
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == message


def test_the_operators_allow_list_opens_a_private_network(
    admin: Tenant, allowing_client: FlaskClient
) -> None:
    tenant = replace(admin, client=allowing_client)
    assert tenant.post("/admin/proxies", json={"url": "http://10.1.2.3:3128"}).status_code == 201
    assert tenant.post("/admin/proxies", json={"url": "http://127.0.0.1:3128"}).status_code == 400


def test_monitoring_sums_up_by_status(admin: Tenant, redis_client: Redis, app: OpenAPI) -> None:
    """contracts.md section 2: "`GET /monitoring/stats|proxies|system` as the original API"."""
    none = {"count": 0, "avg_success_rate": 0.0}
    empty = admin.get("/api/v1/monitoring/proxies").json
    assert empty == {"total_proxies": 0, "by_status": {"active": none, "banned": none}}
    ids = [
        admin.post("/admin/proxies", json={"url": f"http://p{number}.example.com:80"}).json["data"][
            "id"
        ]
        for number in range(4)
    ]
    redis_client.hset(proxy_key(ids[0]), mapping={"successes": 9, "failures": 1})
    redis_client.hset(proxy_key(ids[1]), mapping={"successes": 8, "failures": 2})
    redis_client.hset(
        proxy_key(ids[2]), mapping={"successes": 1, "failures": 3, "bannedUntil": 1_700_000_000_000}
    )
    summary = admin.get("/api/v1/monitoring/proxies").json
    assert summary == {
        "total_proxies": 4,
        "by_status": {
            "active": {"count": 3, "avg_success_rate": 85.0},
            "banned": {"count": 1, "avg_success_rate": 25.0},
        },
    }
    banned = admin.get("/admin/proxies").json["data"][2]
    assert (banned["status"], banned["successRate"]) == ("banned", 25.0)
    assert banned["bannedUntil"] == "2023-11-14T22:13:20.000Z"
