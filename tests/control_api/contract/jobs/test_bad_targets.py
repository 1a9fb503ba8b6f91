"""The contract, bad targets: "400 lists every bad one (first 100, and how many) in `details` with index,
value, reason; `"onInvalid": "skip"` (ours) runs the rest and lists them in `warnings`"
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from control_api.azscraper.schemas.jobs.jobs import JobAnswer, TargetsAnswer
from control_api.azscraper.schemas.schedules import ScheduleAnswer
from storage.jobs.settlement import Settlement
from tests.control_api.conftest import Tenant
from tests.control_api.crawling import end_target

ASIN, OTHER = "B073JYC4XM", "B0DS6WTXGP"


@pytest.fixture
def rich(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


def create(tenant: Tenant, targets: list[str], **body: Any) -> Any:
    path = f"/projects/{tenant.make_project()}/jobs"
    return tenant.post(path, json={"type": "details", "targets": targets, **body})


def targets_of(tenant: Tenant, answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 201, answer.text
    JobAnswer.model_validate(answer.json)
    listed = tenant.get(f"/jobs/{answer.json['data']['id']}/targets").json
    TargetsAnswer.model_validate(listed)
    found: list[dict[str, Any]] = listed["data"]
    return found


def codes(count: int) -> list[str]:
    return [f"B0{number:08d}" for number in range(count)]


def test_one_answer_names_all_kinds_of_bad_lines(rich: Tenant) -> None:
    lines = codes(500)
    bad = {7: "headphones", 70: "В073JYC4XM", 300: "1.31103628E8", 499: "https://amzn.to/3x"}
    for index, text in bad.items():
        lines[index] = text
    answer = create(rich, lines)
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (400, "INVALID_ASIN")
    assert error["message"].endswith("; 4 did not")
    assert {one["index"]: one["value"] for one in error["details"]} == bad
    assert ["spreadsheet" in one["reason"] for one in error["details"]] == [
        False, False, True, False,
    ]  # fmt: skip


def test_a_hundred_are_listed_and_how_many_there_are(rich: Tenant) -> None:
    answer = create(rich, [f"word {number}" for number in range(250)])
    assert len(answer.json["error"]["details"]) == 100
    assert "250 did not" in answer.json["error"]["message"]


def test_the_good_ones_run_when_asked_to(rich: Tenant) -> None:
    answer = create(rich, [ASIN, "headphones", OTHER, "B073"], onInvalid="skip")
    assert [one["value"] for one in targets_of(rich, answer)] == [ASIN, OTHER]
    warnings = answer.json["warnings"]
    assert [one["path"] for one in warnings] == ["targets.1", "targets.3"]
    assert all("was skipped: " in one["message"] for one in warnings)
    assert answer.json["data"]["counts"]["total"] == 2


def test_a_replay_warns_again(rich: Tenant) -> None:
    path = f"/projects/{rich.make_project()}/jobs"
    body = {"type": "details", "targets": [ASIN, "headphones"], "onInvalid": "skip"}
    first, second = (rich.post(path, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.json == second.json
    assert len(first.json["warnings"]) == 1


def test_none_that_is_good_is_refused_all_the_same(rich: Tenant) -> None:
    answer = create(rich, ["headphones", ""], onInvalid="skip")
    assert answer.status_code == 400
    assert [one["index"] for one in answer.json["error"]["details"]] == [0]


def test_a_search_lists_its_bad_ones_too(rich: Tenant) -> None:
    answer = create(rich, ["usb hub", "https://www.amazon.com/dp/B073JYC4XM"], type="search")
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR")
    [detail] = answer.json["error"]["details"]
    assert (detail["index"], "no search" in detail["reason"]) == (1, True)


def test_half_of_a_character_is_a_bad_line_and_no_error_of_ours(rich: Tenant) -> None:
    path = f"/projects/{rich.make_project()}/jobs"
    for kind in ("search", "details"):
        answer = rich.post(
            path,
            data=f'{{"type": "{kind}", "targets": ["\\ud800"]}}',
            content_type="application/json",
        )
        assert answer.status_code == 400, answer.text


class TestWarnings:
    def test_nothing_to_say_is_not_said(self, rich: Tenant) -> None:
        assert "warnings" not in create(rich, [ASIN]).json

    def test_empty_lines_are_skipped_and_counted(self, rich: Tenant) -> None:
        answer = create(rich, ["", ASIN, " \u200b", "\ufeff"])
        assert [one["value"] for one in targets_of(rich, answer)] == [ASIN]
        assert answer.json["warnings"] == [
            {
                "path": "targets",
                "message": "3 empty lines were skipped (targets.0, targets.2, targets.3)",
            }
        ]

    def test_the_same_product_twice_is_one_target_and_named(self, rich: Tenant) -> None:
        again = f"https://www.amazon.com/dp/{ASIN}"
        answer = create(rich, [ASIN, OTHER, again], config={"marketplace": "US"})
        [first, second] = targets_of(rich, answer)
        assert first["duplicates"] == [{"index": 2, "sent": again}]
        assert second["duplicates"] == []
        assert answer.json["warnings"] == [
            {"path": "targets.2", "message": "asks for the same as targets.0"}
        ]

    def test_an_address_of_another_store_than_the_config_names(self, rich: Tenant) -> None:
        german = f"https://www.amazon.de/dp/{OTHER}"
        answer = create(rich, [ASIN, german], config={"marketplace": "US"})
        assert [one["resolved"]["marketplace"] for one in targets_of(rich, answer)] == ["US", "US"]
        [warning] = answer.json["warnings"]
        assert warning["path"] == "targets.1"
        assert "www.amazon.de" in warning["message"] and "US" in warning["message"]

    def test_without_one_in_the_config_each_address_is_read_where_it_says(
        self, rich: Tenant
    ) -> None:
        answer = create(rich, [ASIN, f"https://www.amazon.de/dp/{ASIN}"])
        assert [one["resolved"]["marketplace"] for one in targets_of(rich, answer)] == ["US", "DE"]
        assert "warnings" not in answer.json

    def test_keywords_that_differ_in_case_alone_both_run(self, rich: Tenant) -> None:
        answer = create(rich, ["usb hub", "USB Hub", "usb  hub "], type="search")
        assert [one["value"] for one in targets_of(rich, answer)] == ["usb hub", "USB Hub"]
        assert [one["path"] for one in answer.json["warnings"]] == ["targets.1", "targets.2"]

    def test_many_of_a_kind_are_counted(self, rich: Tenant) -> None:
        warnings = create(rich, [ASIN] * 300).json["warnings"]
        assert len(warnings) == 101
        assert warnings[-1] == {"path": "targets", "message": "199 more of this kind"}


def test_each_target_joins_with_the_list_that_was_sent(
    rich: Tenant, settlement: Settlement
) -> None:
    sent = ["", " b073jyc4xm\n", "978-0-306-40615-7", f"https://www.amazon.de/x/dp/{OTHER}?tag=y"]
    answer = create(rich, sent)
    end_target(settlement, answer.json["data"]["id"], 1, [{"asin": "0306406152"}])
    found = targets_of(rich, answer)
    assert [(one["index"], one["sent"]) for one in found] == list(enumerate(sent))[1:]
    assert [one["resolved"] for one in found] == [
        {"asin": ASIN, "marketplace": "US", "url": f"https://www.amazon.com/dp/{ASIN}"},
        {"asin": "0306406152", "marketplace": "US", "url": "https://www.amazon.com/dp/0306406152"},
        {"asin": OTHER, "marketplace": "DE", "url": f"https://www.amazon.de/dp/{OTHER}"},
    ]
    assert [one["resultCount"] for one in found] == [0, 1, 0]
    again = rich.post(f"/jobs/{answer.json['data']['id']}/retry")
    assert [one["sent"] for one in targets_of(rich, again)] == sent[1:]


def test_a_schedule_is_read_alike(rich: Tenant) -> None:
    path = f"/projects/{rich.make_project()}/schedules"
    crawl = {"type": "details", "targets": [ASIN, "headphones", ""]}
    refused = rich.post(path, json={"cron": "0 6 * * *", "crawlConfig": crawl})
    assert (refused.status_code, refused.json["error"]["details"][0]["index"]) == (400, 1)
    crawl["onInvalid"] = "skip"
    made = rich.post(path, json={"cron": "0 6 * * *", "crawlConfig": crawl})
    assert made.status_code == 201
    ScheduleAnswer.model_validate(made.json)
    assert [one["path"] for one in made.json["warnings"]] == [
        "crawlConfig.targets.1",
        "crawlConfig.targets",
    ]
    assert made.json["data"]["crawlConfig"]["targets"] == [ASIN]
