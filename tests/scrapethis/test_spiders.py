"""contracts.md section 3: spiders, their presets, keys and schedules."""

from __future__ import annotations

from typing import Any

import pytest
from pymongo.database import Database

from control_api.v1.schemas.schedules import SpiderSlotOut
from storage.runs.spiders import Spiders
from tests.scrapethis.conftest import DEPLOYED, Caller, MakeCaller

pytestmark = pytest.mark.usefixtures("redis_client")

PRESET = {"name": "slowly", "repo_path": "spiders/my_spider.py", "settings": {"DOWNLOAD_DELAY": 2}}


def test_deployed_spiders_are_there_by_themselves(caller: Caller) -> None:
    found = caller.get("/spiders").json
    assert [spider["name"] for spider in found] == ["amazon_search", "my-spider"]
    assert found[1]["arguments"] == ["url", "pages"]
    assert found[1]["is_deployed"] is True
    again = caller.get(f"/spiders/{found[1]['id']}").json
    assert again == found[1]


def test_names_are_found_by_a_part_in_any_case_and_not_as_a_pattern(caller: Caller) -> None:
    assert [one["name"] for one in caller.get("/spiders?name=MY-").json] == ["my-spider"]
    assert caller.get("/spiders?name=.*").json == []
    assert caller.get("/spiders?name=my%00spider").json == []


def test_a_spider_keeps_its_id_when_it_is_deployed_again(caller: Caller, spiders: Spiders) -> None:
    before = caller.get("/spiders?name=my-spider").json[0]
    spiders.register(DEPLOYED, version="2")
    after = caller.get("/spiders?name=my-spider").json[0]
    assert after["id"] == before["id"]
    assert after["version"] == "2"


def test_a_preset_is_made_used_changed_and_deleted(caller: Caller, database: Database) -> None:
    made = caller.post("/spiders", PRESET)
    assert made.status_code == 200
    spider_id = made.json["id"]
    job_id = caller.post("/jobs", {"spider_id": spider_id, "arguments": {"pages": 2}}).json["jobId"]
    job = database["jobs"].find_one({"_id": job_id})
    assert job["spider"] == "my-spider"
    assert job["config"]["settings"] == {"DOWNLOAD_DELAY": 2}
    changed = caller.patch(f"/spiders/{spider_id}", {"description": "now with words"})
    assert changed.status_code == 200
    assert changed.json["description"] == "now with words"
    assert changed.json["settings"] == {"DOWNLOAD_DELAY": 2}
    assert caller.delete(f"/spiders/{spider_id}").status_code == 200
    assert caller.get(f"/spiders/{spider_id}").status_code == 404
    # Its job stays, and says what it was.
    assert caller.get(f"/jobs/{job_id}").json["spider"]["name"] == "slowly"


def test_a_deployed_spider_is_changed_by_nobody(caller: Caller) -> None:
    spider_id = caller.get("/spiders?name=my-spider").json[0]["id"]
    assert caller.patch(f"/spiders/{spider_id}", {"name": "mine"}).status_code == 403
    assert caller.delete(f"/spiders/{spider_id}").status_code == 403


@pytest.mark.parametrize("name", ["my-spider", "slowly"])
def test_a_name_is_taken_once(caller: Caller, name: str) -> None:
    caller.post("/spiders", PRESET)
    assert caller.post("/spiders", {**PRESET, "name": name}).status_code == 409


def test_presets_of_others_cannot_be_seen(caller: Caller, make_caller: MakeCaller) -> None:
    spider_id = caller.post("/spiders", PRESET).json["id"]
    stranger = make_caller("stranger@example.com")
    assert stranger.get(f"/spiders/{spider_id}").status_code == 404
    assert stranger.patch(f"/spiders/{spider_id}", {"name": "x"}).status_code == 404
    assert stranger.delete(f"/spiders/{spider_id}").status_code == 404
    assert stranger.post("/jobs", {"spider_name": "slowly"}).status_code == 404
    assert stranger.post("/spiders", PRESET).status_code == 200


def test_a_key_is_shown_once_made_by_a_token_only_and_revoked_at_once(caller: Caller) -> None:
    assert caller.credential.startswith("st_")
    assert caller.post("/api-keys", {"name": "another"}).status_code == 403
    headers = {"Authorization": f"Bearer {caller.token}"}
    (shown,) = caller.client.get("/api/v1/api-keys", headers=headers).json
    assert caller.credential not in str(shown)
    assert shown["key_hint"] == caller.credential[-4:]
    gone = caller.client.delete(f"/api/v1/api-keys/{shown['id']}", headers=headers)
    assert gone.status_code == 200
    assert caller.get("/spiders").status_code == 401


def test_a_users_key_ends_with_its_user(caller: Caller, database: Database) -> None:
    database["users"].delete_one({"_id": caller.user_id})
    assert caller.get("/spiders").status_code == 401


def test_a_schedule_of_a_spider(caller: Caller, make_caller: MakeCaller) -> None:
    spider_id = caller.get("/spiders?name=my-spider").json[0]["id"]
    body = {"spider_id": spider_id, "cron_expression": "0 6 * * *", "arguments": {"pages": 1}}
    made = caller.post("/schedules", body)
    assert made.status_code == 200, made.text
    schedule = made.json
    assert schedule["timezone"] == "UTC"
    assert schedule["enabled"] is True
    assert schedule["arguments"] == {"pages": "1"}
    assert caller.get("/schedules").json == [schedule]
    assert caller.get(f"/schedules/{schedule['id']}").json == schedule
    changed = caller.patch(
        f"/schedules/{schedule['id']}", {"enabled": False, "timezone": "Europe/Berlin"}
    ).json
    assert changed["enabled"] is False
    assert changed["next_run_at"] is None
    assert changed["timezone"] == "Europe/Berlin"
    stranger = make_caller("stranger@example.com")
    assert stranger.get(f"/schedules/{schedule['id']}").status_code == 404
    assert stranger.get("/schedules").json == []
    assert caller.delete(f"/schedules/{schedule['id']}").status_code == 200
    assert caller.get("/schedules").json == []


def test_a_schedule_of_a_spider_is_named_and_run_by_hand(
    caller: Caller, make_caller: MakeCaller
) -> None:
    spider_id = caller.get("/spiders?name=my-spider").json[0]["id"]
    body = {"spider_id": spider_id, "cron_expression": "0 6 * * *", "name": "Mornings"}
    path = f"/schedules/{caller.post('/schedules', body).json['id']}"
    caller.start()
    assert caller.patch(path, {"enabled": False}).json["name"] == "Mornings"
    ran = caller.call("POST", f"{path}/run")
    assert ran.status_code == 200, ran.text
    assert SpiderSlotOut.model_validate(ran.json).trigger == "hand"
    listed = caller.get(f"/jobs?schedule_id={path.rpartition('/')[2]}").json
    assert [job["id"] for job in listed] == [ran.json["job_id"]]
    refused = caller.call("POST", f"{path}/run")
    assert (refused.status_code, refused.json["error"]) == (
        409,
        "The schedule's last job is still open",
    )
    assert caller.call("POST", f"{path}/run", json={"now": True}).status_code == 400
    assert make_caller("stranger@example.com").call("POST", f"{path}/run").status_code == 404
    assert caller.patch(path, {"name": None}).json["name"] is None


@pytest.mark.parametrize(
    "change",
    [{"cron_expression": "every day"}, {"timezone": "Mars/Base"}, {"arguments": {"_job": "x"}}],
    ids=str,
)
def test_a_schedule_that_could_not_run_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    spider_id = caller.get("/spiders?name=my-spider").json[0]["id"]
    body = {"spider_id": spider_id, "cron_expression": "0 6 * * *", **change}
    assert caller.post("/schedules", body).status_code == 400
