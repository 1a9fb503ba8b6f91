"""contracts.md section 2: 100 requests an hour per user, `X-RateLimit-Limit/-Remaining/-Reset` (Reset =
epoch second) on every authenticated answer, 429 with `Retry-After`. Promise A6: over all API processes."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis import Redis

from control_api.app import create_app
from control_api.wiring.api import build_parts
from deploy.embedded.ports import free_port
from settings.config import Config
from storage.queue.rate_limits import Limit, RateLimits
from tests.control_api.api_v1.conftest import MakeUser, V1User, refused
from tests.control_api.processes import running_api

HOUR = 3_600


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, api_v1_rate_limit=Config().api_v1_rate_limit)


def test_the_default_is_a_hundred() -> None:
    assert Config().api_v1_rate_limit == 100


def test_every_authenticated_answer_tells_what_is_left(user: V1User) -> None:
    answers = [
        user.get("/jobs"),
        user.post("/jobs", {}),
        user.call("POST", "/jobs", data="x", content_type="text/plain"),
        user.get("/jobs/none"),
        user.delete("/jobs/none"),
        user.get("/monitoring/system"),
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 415, 404, 404, 200]
    left = [answer.headers["X-RateLimit-Remaining"] for answer in answers]
    assert left == ["99", "98", "97", "96", "95", "94"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"100"}
    [reset] = {int(answer.headers["X-RateLimit-Reset"]) for answer in answers}
    assert HOUR - 10 < reset - time.time() <= HOUR + 1


def test_answers_that_know_no_user_say_nothing(user: V1User) -> None:
    anonymous = user.client.get("/api/v1/jobs")
    elsewhere = user.client.get("/usage", headers={"Authorization": f"Bearer {user.token}"})
    login = user.client.post(
        "/api/v1/auth/login", json={"username": user.name, "password": "password"}
    )
    assert [answer.status_code for answer in (anonymous, elsewhere, login)] == [401, 200, 200]
    for answer in (anonymous, elsewhere, login):
        assert not [name for name, _ in answer.headers if name.startswith("X-RateLimit")]
    assert user.get("/jobs").headers["X-RateLimit-Remaining"] == "99"


def test_the_hundred_and_first_is_a_429_and_others_go_on(make_user: MakeUser) -> None:
    user, other = make_user("one"), make_user("two")
    assert {user.get("/jobs").status_code for _ in range(100)} == {200}
    answer = user.get("/jobs")
    assert refused(answer, 429, "rate_limit_error") == "Too many requests"
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    reset = int(answer.headers["X-RateLimit-Reset"])
    assert abs(int(answer.headers["Retry-After"]) - (reset - time.time())) <= 2
    assert other.get("/jobs").status_code == 200


def test_the_limit_holds_over_two_processes(
    user: V1User, config: Config, redis_client: Redis, tmp_path: Path
) -> None:
    """A6: two processes of granian, and each connection may reach either."""
    headers = {"Authorization": f"Bearer {user.token}"}

    def ask(url: str) -> httpx.Response:
        return httpx.get(f"{url}/api/v1/jobs", headers=headers, trust_env=False, timeout=30)

    with (
        running_api(config, tmp_path / "api.log", workers=2) as url,
        ThreadPoolExecutor(8) as pool,
    ):
        answers = list(pool.map(ask, [url] * 120))
    assert Counter(answer.status_code for answer in answers) == {200: 100, 429: 20}
    passed = [answer for answer in answers if answer.status_code == 200]
    left = sorted(int(answer.headers["X-RateLimit-Remaining"]) for answer in passed)
    assert left == list(range(100))
    assert len({answer.headers["X-RateLimit-Reset"] for answer in answers}) == 1


def test_the_setting_is_read_from_the_environment(
    user: V1User, config: Config, tmp_path: Path
) -> None:
    environ = {"API_V1_RATE_LIMIT": "2"}
    with running_api(config, tmp_path / "api.log", environ=environ) as url:
        headers = {"Authorization": f"Bearer {user.token}"}
        answers = [
            httpx.get(f"{url}/api/v1/jobs", headers=headers, trust_env=False) for _ in range(3)
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"


def test_without_redis_nobody_is_locked_out(user: V1User, config: Config) -> None:
    away = replace(config, redis_url=f"redis://127.0.0.1:{free_port()}/0", api_v1_rate_limit=1)
    parts = build_parts(away)
    caller = V1User(create_app(away, parts).test_client(), user.name, user.token)
    answers = [caller.get("/jobs") for _ in range(3)]
    parts.close()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.headers["X-RateLimit-Remaining"] for answer in answers} == {"1"}


def test_the_window_ends_and_begins_anew(redis_client: Redis) -> None:
    rates, limit = RateLimits(redis_client), Limit("a-test", 2, 0.4)
    assert [rates.count(limit, "me").passed for _ in range(3)] == [True, True, False]
    assert rates.count(limit, "you").passed
    ends = rates.count(limit, "me").resets_at
    assert 0 < ends - time.time() <= 0.4
    time.sleep(max(0, ends - time.time()) + 0.05)
    assert rates.count(limit, "me").remaining == 1
