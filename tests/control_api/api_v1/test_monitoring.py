"""contracts.md section 2: `GET /monitoring/stats|proxies|system` as the original API; `success_rate` = completed /
(completed + failed) × 100."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pymongo.database import Database

from control_api.app import create_app
from control_api.v1.schemas.monitoring import JobStatsOut, ProxiesOut, SystemOut
from control_api.wiring.api import build_parts
from deploy.embedded.ports import free_port
from settings.config import Config
from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.api_v1.conftest import URL, MakeUser, V1User, page_row
from tests.control_api.crawling import end_target, fail_target


def test_stats_have_the_documented_keys_and_count_what_is_there(
    make_user: MakeUser, settlement: Settlement, database: Database
) -> None:
    user = make_user()
    make_user("another").start()
    jobs = [user.start() for _ in range(6)]
    for job_id in jobs[:2]:
        end_target(settlement, job_id, 0, [page_row(URL, title="a"), page_row(URL, title="b")])
    fail_target(settlement, jobs[2], 0)
    user.delete(f"/jobs/{jobs[3]}")
    old = utc_now() - timedelta(hours=25)
    database["jobs"].update_one({"_id": jobs[0]}, {"$set": {"createdAt": old}})
    body = user.get("/monitoring/stats").json
    JobStatsOut.model_validate(body)
    assert body == {
        "status_counts": {
            "pending": 2,
            "running": 0,
            "completed": 2,
            "failed": 1,
            "cancelled": 1,
        },
        "total_items_scraped": 4,
        "jobs_last_24h": 5,
        "success_rate": 66.67,
        "total_jobs": 6,
    }


def test_stats_of_nobody_yet_are_zero(user: V1User) -> None:
    body = user.get("/monitoring/stats").json
    assert (body["total_jobs"], body["success_rate"], body["jobs_last_24h"]) == (0, 0, 0)


def test_proxies_have_the_documented_keys(user: V1User, database: Database) -> None:
    none = {"count": 0, "avg_success_rate": 0}
    body = user.get("/monitoring/proxies").json
    ProxiesOut.model_validate(body)
    assert body == {"total_proxies": 0, "by_status": {"active": none, "banned": none}}
    database["users"].update_one({}, {"$set": {"isAdmin": True}})
    answer = user.client.post(
        "/admin/proxies",
        json={"url": "http://me:secret@proxy.example.com:3128"},
        headers={"Authorization": f"Bearer {user.token}"},
    )
    assert answer.status_code == 201, answer.text
    answer = user.get("/monitoring/proxies")
    assert answer.json["total_proxies"] == answer.json["by_status"]["active"]["count"] == 1
    assert "secret" not in answer.text


def test_system_says_who_is_healthy(user: V1User) -> None:
    body = user.get("/monitoring/system").json
    SystemOut.model_validate(body)
    assert abs(datetime.fromisoformat(body.pop("timestamp")) - utc_now()) < timedelta(seconds=30)
    assert body == {"redis": "healthy", "mongodb": "healthy", "api": "healthy"}


def test_system_without_redis_says_so(user: V1User, config: Config) -> None:
    away = replace(config, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    parts = build_parts(away)
    client = create_app(away, parts).test_client()
    answer = V1User(client, user.name, user.token).get("/monitoring/system")
    parts.close()
    assert answer.status_code == 200
    assert (answer.json["redis"], answer.json["mongodb"]) == ("unhealthy", "healthy")
