"""The page of one target: the same as the API says, why it failed, and a row as a whole."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from pymongo.database import Database

from storage.base.ids import target_id
from storage.base.records import Effort, NewRow, StartedTarget, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person, heading
from tests.control_api.console.seeded import HOSTILE, Seeded, search_row, seed
from tests.control_api.crawling import fail_target


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


def facts(page: str) -> dict[str, str]:
    found = re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page)
    return {name: re.sub(r"<[^>]+>", "", value) for name, value in found}


def test_a_target_is_that_of_the_api(person: Person, settlement: Settlement) -> None:
    job = person.tenant.make_job(targets=["  usb   hub", "lamp"])["id"]
    id_ = target_id(job, 0)
    settlement.commit([StartedTarget(id_, job, 1)], [])
    effort = Effort(requests=5, answers=4, body_bytes=2_048, blocked=1)
    rows = [NewRow(1, 1, search_row(1))]
    end = TargetEnd(id=id_, job_id=job, token=2, rows=rows, effort=effort)
    assert settlement.commit([], [end]).settled
    answer = person.get(f"/jobs/{job}/targets/0")
    assert heading(answer) == "usb hub"
    told = person.tenant.get(f"/jobs/{job}/targets?limit=1").json["data"][0]
    assert told["work"] == {"requests": 5, "answers": 4, "bytes": 2_048, "blocked": 1}
    shown = facts(answer.text)
    assert shown["Tries"] == str(told["leases"]) == "2"
    assert [shown[name] for name in ("Requests", "Answers", "Of them blocks", "Bytes")] == [
        "5", "4", "1", "2,048",
    ]  # fmt: skip
    assert f'datetime="{told["endedAt"]}"' in answer.text
    assert shown["Rows"] == "1" and "Rows 1–1 of 1" in answer.text
    assert f'href="/console/jobs/{job}/targets/1"' in answer.text
    waiting = person.get(f"/jobs/{job}/targets/1")
    assert "no rows yet" in waiting.text and facts(waiting.text)["Ended"] == "not yet"
    assert "endedAt" not in person.tenant.get(f"/jobs/{job}/targets?offset=1").json["data"][0]


def test_a_failed_target_says_why_and_what_helps(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.partial}/targets/2").text
    assert "BLOCKED_CAPTCHA" in page and "add proxies" in page
    assert "Retry what failed in this job" in page
    listed = person.get(f"/jobs/{seeded.partial}/targets").text
    assert f'href="/console/jobs/{seeded.partial}/targets/2">2</a>' in listed
    with_rows = person.get(f"/jobs/{seeded.partial}/targets/0").text
    assert "What helps" not in with_rows and "Retry what failed" not in with_rows
    cancelled = person.get(f"/jobs/{seeded.cancelled}/targets/0").text
    assert ">cancelled</span>" in cancelled and facts(cancelled)["Ended"] == "with its job"


def test_a_targets_rows_are_its_own(person: Person, settlement: Settlement) -> None:
    job = person.tenant.make_job(targets=["a", "b", "c"])["id"]
    for index, numbers in ((0, range(1, 4)), (1, range(4, 110))):
        rows = [NewRow(1, number, search_row(number)) for number in numbers]
        end = TargetEnd(id=target_id(job, index), job_id=job, token=1, rows=rows)
        assert settlement.commit([], [end]).settled
    fail_target(settlement, job, 2)
    page = person.get(f"/jobs/{job}/targets/1").text
    assert "Rows 1–100 of 106" in page and "B000000003" not in page and "B000000004" in page
    onward = unescape(
        page.partition("Next 100")[0].rpartition('href="/console')[2].partition('"')[0]
    )
    assert onward.startswith(f"/jobs/{job}/targets/1?")
    assert "Rows 101–106 of 106" in person.get(onward).text
    assert "Rows 1–3 of 3" in person.get(f"/jobs/{job}/targets/0").text


def test_a_row_is_shown_whole_from_the_table(person: Person, seeded: Seeded) -> None:
    table = person.get(f"/jobs/{seeded.running}").text
    path = re.findall(r'<tr><td class="n"><a href="/console([^"]+)">2</a>', table)[0]
    page = person.get(path).text
    whole = unescape(page.partition('<pre id="row">')[2].partition("</pre>")[0])
    told = person.tenant.get(f"/jobs/{seeded.running}/results?limit=2").json["data"][1]
    assert json.loads(whole) == told
    for odd in ("1", "x.y", "9.9", "1.2.3", "-1.2"):
        answer = person.get(f"/jobs/{seeded.running}/targets/0?row={odd}")
        assert answer.status_code == 404, odd
    hostile = person.get(f"/jobs/{seeded.hostile}/targets/0?row=1.1").text
    assert HOSTILE[0] not in hostile and "&lt;script&gt;" in hostile


def test_a_target_that_is_not_there(person: Person, seeded: Seeded) -> None:
    for index in ("3", "999999999999", "x"):
        assert person.get(f"/jobs/{seeded.partial}/targets/{index}").status_code == 404, index
