"""The pages of jobs: what they say, what their forms do, and that strangers' texts stay texts."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database

from control_api.services.jobs.jobs import SHOWN_TARGETS
from storage.base.ids import target_id
from storage.base.records import FoundTarget, TargetEnd
from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.console.seeded import HOSTILE, HOSTILE_LINKS, Seeded, search_row, seed
from tests.control_api.crawling import end_target, fail_target
from tests.control_api.services.monitors.following import sold


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


def live_path(page: str) -> str | None:
    found = re.search(r'hx-get="/console([^"]+)" hx-trigger="every (\d+)s', page)
    return unescape(found[1]) if found else None


def test_a_page_follows_its_job_until_it_ends_and_then_asks_no_more(
    person: Person, database: Database, settlement: Settlement
) -> None:
    job = person.tenant.make_job(targets=["a", "b"])["id"]
    path = live_path(person.get(f"/jobs/{job}").text)
    assert path is not None
    nothing_new = person.get(path)
    assert (nothing_new.status_code, nothing_new.data) == (204, b"")
    end_target(settlement, job, 0, [search_row(1)])
    news = person.get(path)
    assert news.status_code == 200
    assert "<b>1</b> of 2 targets ended" in news.text
    assert 'id="rows" hx-swap-oob' in news.text and "Wireless earbuds no. 1" in news.text
    again = live_path(news.text)
    assert again is not None and person.get(again).status_code == 204
    end_target(settlement, job, 1)
    last = person.get(again)
    assert "succeeded" in last.text and live_path(last.text) is None
    assert f"/console/jobs/{job}/retry" in last.text, "the buttons of an ended job"


@pytest.mark.parametrize(("silent", "pace"), [(0, 2), (40, 5), (400, 15)])
def test_a_job_that_is_silent_is_asked_for_less_often(
    person: Person, database: Database, silent: int, pace: int
) -> None:
    job = person.tenant.make_job()["id"]
    database["jobs"].update_one(
        {"_id": job},
        [{"$set": {"updatedAt": {"$subtract": ["$updatedAt", silent * 1000]}}}],
    )
    assert f'hx-trigger="every {pace}s, shown"' in person.get(f"/jobs/{job}").text


def test_cancel_retry_and_the_practice_job(person: Person, seeded: Seeded, app: Flask) -> None:
    answer = person.post(f"/jobs/{seeded.running}/cancel")
    assert answer.headers["Location"] == f"/console/jobs/{seeded.running}"
    assert person.tenant.get(f"/jobs/{seeded.running}").json["data"]["status"] == "cancelled"
    refused = person.post(f"/jobs/{seeded.partial}/cancel")
    assert (refused.status_code, heading(refused)) == (409, "Not possible now")
    for form, targets in (({"only": "failed"}, 2), ({}, 3)):
        made = person.post(f"/jobs/{seeded.partial}/retry", data=form).headers["Location"]
        job = person.tenant.get(made.removeprefix("/console")).json["data"]
        assert (job["retryOf"], job["counts"]["total"]) == (seeded.partial, targets)
    refused = person.post("/practice")
    assert refused.status_code == 409 and "SANDBOX_URL" in refused.text


def test_the_practice_job_goes_to_the_practice_store(
    person: Person, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PRACTICE_STORE", True)
    assert heading(person.get("")) == "Welcome"
    assert "Start the practice job" in person.get("").text
    made = person.post("/practice").headers["Location"]
    job = person.tenant.get(made.removeprefix("/console")).json["data"]
    assert job["config"]["marketplace"] == "sandbox"
    assert heading(person.get("")) == "Home"


@pytest.mark.parametrize("file_format", ["csv", "json", "jsonl"])
def test_a_file_is_the_one_that_the_api_gives(
    person: Person, seeded: Seeded, file_format: str
) -> None:
    ours = person.post(f"/jobs/{seeded.partial}/export", data={"format": file_format})
    theirs = person.tenant.get(f"/jobs/{seeded.partial}/export?format={file_format}")
    assert ours.status_code == 200 and ours.data == theirs.data
    for name in ("Content-Type", "Content-Disposition"):
        assert ours.headers[name] == theirs.headers[name]
    assert person.post(f"/jobs/{seeded.partial}/export", data={"format": "exe"}).status_code == 400


def test_rows_go_on_by_cursor_with_the_chosen_columns(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.running}?column=asin&column=price&column=badges").text
    assert "Rows 1–100 of 130" in page
    heads = re.findall(r"<th[^>]*>([^<]+)</th>", page.partition('id="rows"')[2])
    assert heads == ["asin", "price", "badges"]
    assert "20.99 USD" in page and "Best Seller | Amazon&#39;s Choice | +1" in page
    onward = unescape(
        page.partition("Next 100")[0].rpartition('href="/console')[2].partition('"')[0]
    )
    second = person.get(onward).text
    assert "Rows 101–130 of 130" in second
    assert "B000000101" in second and "B000000001" not in second
    assert re.findall(r"<th[^>]*>([^<]+)</th>", second.partition('id="rows"')[2]) == heads
    assert person.get(f"/jobs/{seeded.running}?cursor=nonsense").status_code == 400


def test_targets_say_why_they_failed_and_what_helps(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.partial}/targets").text
    assert "BLOCKED_CAPTCHA" in page and "Amazon asked for a captcha" in page
    assert "add proxies" in page
    shown = person.get(f"/jobs/{seeded.partial}/targets?status=failed").text
    listed = re.findall(r"<bdi>(B\d+)</bdi></a></td>", shown)
    assert listed == ["B000000002", "B000000003"]
    assert person.get(f"/jobs/{seeded.partial}/targets?status=odd").status_code == 400


def test_the_call_makes_the_same_job(person: Person, seeded: Seeded) -> None:
    page = unescape(person.get(f"/jobs/{seeded.partial}/call").text)
    assert (
        f'curl \\\n  -H "Authorization: Bearer $TOKEN" \\\n  http://localhost/jobs/{seeded.partial}'
        in page
    )
    assert '"targets": ["B000000001", "B000000002", "B000000003"]' in page


def test_texts_of_strangers_stay_texts(person: Person, seeded: Seeded) -> None:
    for path in ("", "/targets", "/targets/0", "/report", "/coverage", "/delta", "/call"):
        page = person.get(f"/jobs/{seeded.hostile}{path}").text
        for text in HOSTILE[:2]:
            assert text not in page, path
        for attribute in re.findall(r'\s(hx-[\w-]+)="([^"]*)"', page):
            assert attribute[0] in ("hx-get", "hx-trigger", "hx-swap", "hx-swap-oob"), attribute
            assert "script" not in attribute[1] and "logout" not in attribute[1]
        for link, rel in re.findall(r'<a href="([^"]*)"( rel="[^"]*")?', page):
            if not link.startswith(("/", "?")):
                assert link.startswith("https://"), link
                assert rel == ' rel="noopener noreferrer nofollow"', link
    rows = person.get(f"/jobs/{seeded.hostile}").text
    for link in HOSTILE_LINKS[:4]:
        assert f'href="{link}' not in rows


def test_what_another_organization_has_is_not_there(
    person: Person, seeded: Seeded, app: Flask, make_tenant
) -> None:
    stranger = sign_in(app, make_tenant("unlimited"))
    for job in seeded.jobs:
        for path in (
            "",
            "/targets",
            "/targets/0",
            "/report",
            "/coverage",
            "/delta",
            "/call",
            "/live",
        ):
            answer = stranger.get(f"/jobs/{job}{path}")
            assert (answer.status_code, heading(answer)) == (404, "Not found")
            assert answer.data == stranger.get(f"/jobs/unknown{path}").data
        for action in ("cancel", "retry", "export"):
            assert stranger.post(f"/jobs/{job}/{action}").status_code == 404
    assert stranger.get(f"/jobs?project={seeded.project}").status_code == 404


def test_the_report_says_whether_it_adds_up_with_the_sums(
    person: Person, seeded: Seeded, database: Database
) -> None:
    page = unescape(person.get(f"/jobs/{seeded.partial}/report").text)
    told = person.tenant.get(f"/jobs/{seeded.partial}/report").json["data"]
    assert told["addsUp"] and "it adds up" in page
    assert all(one["claim"] in page for one in told["sums"])
    moments = person.tenant.get(f"/jobs/{seeded.partial}/timeline").json["data"]
    assert all(one["text"] in page for one in moments)
    assert "Proof of the cancel" not in page
    database["jobs"].update_one({"_id": seeded.partial}, {"$inc": {"counts.success": 1}})
    page = person.get(f"/jobs/{seeded.partial}/report").text
    assert "it does not add up" in page and 'class="state bad">no</span>' in page


def test_a_cancelled_job_shows_its_proof(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.cancelled}/report").text
    assert "Proof of the cancel" in page and ">proven</span>" in page
    proof = page.partition("Proof of the cancel")[2].partition("The sums")[0]
    assert "<dt>Rows after</dt><dd>0</dd>" in proof and "<dt>Leases held</dt><dd>0</dd>" in proof


def test_coverage_is_that_of_the_api(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.running}/coverage").text
    told = person.tenant.get(f"/jobs/{seeded.running}/coverage").json
    assert "130 rows" in page
    for one in told["data"]:
        expected = (
            f'<code>{one["field"]}</code></td><td><meter min="0" max="130" value="{one["filled"]}">'
        )
        assert expected in page


def test_changes_since_another_run_are_those_of_the_api(
    person: Person, settlement: Settlement
) -> None:
    tenant = person.tenant
    targets = ["B000000001", "B000000002", "B000000003"]
    first = tenant.make_job(type="details", targets=targets)["id"]
    again = tenant.post(f"/jobs/{first}/retry", json={}).json["data"]["id"]
    for job, price, at in (
        (first, "24.99", "2026-03-01T06:00:00.000Z"),
        (again, "18.99", "2026-03-02T06:00:00.000Z"),
    ):
        for index, asin in enumerate(targets[:2]):
            page_row = sold(price if index == 0 else "5.00", "USD")
            row = {"asin": asin, **page_row, "scrapedAt": at}
            end_target(settlement, job, index, [row])
        fail_target(settlement, job, 2, code="BLOCKED_CAPTCHA")
    told = tenant.get(f"/jobs/{again}/delta?against={first}").json["data"]
    page = unescape(person.get(f"/jobs/{again}/delta").text)
    assert f'Against <a href="/console/jobs/{first}">' in page, "the job that it ran again"
    assert [one["status"] for one in told] == ["changed", "unknown"]
    assert (
        '<td>price</td><td class="clip"><bdi>24.99 USD</bdi></td><td class="clip"><bdi>18.99 USD'
        in page
    )
    assert "unknown</span> <code>" in page and "B000000002" not in page.partition("Against")[2]
    alone = person.get(f"/jobs/{first}/delta").text
    assert "There is no earlier run" in alone
    assert person.get(f"/jobs/{first}/delta?against=unknown").status_code == 404
    other = tenant.make_job()["id"]
    assert person.get(f"/jobs/{first}/delta?against={other}").status_code == 400


def test_what_is_made_of_a_job_has_all_its_targets(person: Person) -> None:
    asins = [f"B0{number:08}" for number in range(SHOWN_TARGETS + 1)]
    job = person.tenant.make_job(type="details", targets=asins)["id"]
    for path in (f"/jobs/{job}/call", f"/schedules/new?job={job}", f"/monitors/new?job={job}"):
        assert asins[-1] in person.get(path).text, path


def test_what_is_made_of_a_job_finds_its_variants_again(
    person: Person, settlement: Settlement
) -> None:
    """As targets of their own they would be expanded too."""
    config = {"expandVariants": 2}
    job = person.tenant.make_job(type="details", targets=["B000000001"], config=config)["id"]
    variant = FoundTarget(
        "https://www.amazon.com/dp/B000000002",
        "US/B000000002",
        {"target": "B000000002", "parentTarget": "B000000001"},
        value="B000000002",
    )
    end = TargetEnd(id=target_id(job, 0), job_id=job, token=1, discovered=[variant])
    assert settlement.commit([], [end]).settled
    assert "B000000002" in person.get(f"/jobs/{job}/targets").text
    for path in (f"/jobs/{job}/call", f"/schedules/new?job={job}", f"/monitors/new?job={job}"):
        page = person.get(path).text
        assert ("B000000001" in page, "B000000002" in page) == (True, False), path


def test_a_job_took_as_long_as_its_person_waited(
    person: Person, database: Database, settlement: Settlement
) -> None:
    """Its first page is noted together with its end where it is a short one."""
    job = person.tenant.make_job(targets=["a"])["id"]
    end_target(settlement, job, 0, [search_row(1)])
    database["jobs"].update_one(
        {"_id": job},
        [
            {
                "$set": {
                    "createdAt": {"$subtract": ["$completedAt", 7_000]},
                    "startedAt": "$completedAt",
                }
            }
        ],
    )
    assert "<dt>Took</dt><dd>7.0 s</dd>" in person.get(f"/jobs/{job}").text


def test_a_reason_leads_to_its_targets_and_retries_them(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.partial}/targets").text
    assert '<a href="?code=BLOCKED_CAPTCHA"' in page
    shown = person.get(f"/jobs/{seeded.partial}/targets?code=BLOCKED_CAPTCHA").text
    assert re.findall(r"<bdi>(B\d+)</bdi></a></td>", shown) == ["B000000003"]
    assert "1–1 of 1" in shown
    other = person.get(f"/jobs/{seeded.partial}/targets?code=BLOCKED_CAPTCHA&status=success").text
    assert "No target is like that" in other
    path = f"/jobs/{seeded.partial}/retry"
    for form, values in (
        ({"code": "BLOCKED_CAPTCHA"}, ["B000000003"]),
        ({"target": ["1"]}, ["B000000002"]),
        ({"target": ["0", "1", "2"]}, ["B000000002", "B000000003"]),
    ):
        made = person.post(path, data=form).headers["Location"].removeprefix("/console")
        job = person.tenant.get(made).json["data"]
        assert [one["value"] for one in job["targets"]] == values
    assert person.post(path, data={"target": ["0"]}).status_code == 409
    assert person.post(path, data={"code": "PARSE_ERROR"}).status_code == 409
    assert person.post(path, data={"target": ["-1"]}).status_code == 400
