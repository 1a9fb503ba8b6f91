"""The contract, create job: "201. `targets` are strings; details targets must each resolve to a
10-character ASIN, else 400 `INVALID_ASIN` naming each bad target in `details`. `config` allows
extra keys (kept, returned); known keys are validated (see `amazon-config` below). Limits:
1–10,000 targets, each ≤ 2,000 characters; duplicates are dropped, and charged once"
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.control_api.conftest import Tenant


@pytest.fixture
def rich(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


def create(tenant: Tenant, **body):
    wanted = {"type": "search", "targets": ["usb hub"], **body}
    return tenant.post(f"/projects/{tenant.make_project()}/jobs", json=wanted)


def test_targets_are_strings(rich: Tenant) -> None:
    assert create(rich).status_code == 201
    for targets in ([7], [["x"]], [None], "x", [{"value": "x"}]):
        assert create(rich, targets=targets).status_code == 400


def test_details_targets_must_each_resolve_to_an_asin(rich: Tenant) -> None:
    good = ["B08N5WRWNW", "https://www.amazon.de/dp/B000000002"]
    assert create(rich, type="details", targets=good).status_code == 201
    bad = ["B08N5WRWN", "https://www.amazon.de/gp/help"]
    answer = create(rich, type="details", targets=[*good, *bad])
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "INVALID_ASIN")
    assert [entry["value"] for entry in answer.json["error"]["details"]] == bad


def test_config_keeps_extra_keys_and_checks_known_ones(rich: Tenant) -> None:
    config = {"lang": "en-US", "team": {"name": "eu", "numbers": [1, 2.5, None]}}
    made = create(rich, config=config).json["data"]
    assert made["config"] == config
    assert rich.get(f"/jobs/{made['id']}").json["data"]["config"] == config
    assert create(rich, config={"maxPages": "2"}).status_code == 400


def test_limits(rich: Tenant) -> None:
    many = [f"k{number}" for number in range(10_000)]
    assert create(rich, targets=many).status_code == 201
    assert create(rich, targets=["k" * 2_000]).status_code == 201
    for targets in ([], [*many, "one more"], ["k" * 2_001]):
        assert create(rich, targets=targets).status_code == 400


def test_duplicates_are_dropped_and_charged_once(tenant: Tenant) -> None:
    job = create(tenant, targets=["a", "b", "a", "a"]).json["data"]
    assert [target["value"] for target in job["targets"]] == ["a", "b"]
    assert job["creditsReserved"] == 10
