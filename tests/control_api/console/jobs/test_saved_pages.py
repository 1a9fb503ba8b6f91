"""Saved pages in the console: as the API tells them, and never as pages of ours."""

from __future__ import annotations

import gzip
import re
from html import unescape

import pytest
from pymongo.database import Database

from storage.pages.saved_pages import SavedPages
from tests.control_api.console.conftest import Person, heading
from tests.control_api.console.seeded import HOSTILE, HOSTILE_PAGE, Seeded, seed
from tests.control_api.console.weight import weight
from tests.spiders.saved.pages import page_of


@pytest.fixture
def seeded(person: Person, database: Database) -> Seeded:
    return seed(person.tenant, database)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_a_target_leads_to_its_pages(person: Person, seeded: Seeded) -> None:
    page = person.get(f"/jobs/{seeded.running}/targets/0").text
    base = f"/console/jobs/{seeded.running}/targets/0/page"
    for path in ("", "/explain", "/replay"):
        for number in (1, 2):
            assert f'href="{base}{path}?number={number}"' in page
    assert "Saved page" not in person.get(f"/jobs/{seeded.partial}/targets/1").text


def test_a_page_tells_how_it_came(person: Person, seeded: Seeded) -> None:
    answer = person.get(f"/jobs/{seeded.partial}/targets/0/page")
    assert heading(answer) == "Saved page of B000000001"
    shown = text(answer.text)
    assert "1 row came from this page" in shown
    assert "scrapy extract" in shown and "--url https://www.amazon.com/dp/B000000001" in shown
    assert "curl -H" in shown.replace("\\", "").replace("  ", " ")
    last = person.get(f"/jobs/{seeded.running}/targets/0/page")
    assert "page 2 of 2" in last.text
    first = person.get(f"/jobs/{seeded.running}/targets/0/page?number=1").text
    assert "page 1 of 2" in first
    # An address that is none leads nowhere.
    assert 'href="javascript:' not in first and HOSTILE[1] not in first


def test_what_is_not_kept_says_why(person: Person, seeded: Seeded) -> None:
    for path in ("", "/explain", "/replay"):
        page = person.get(f"/jobs/{seeded.partial}/targets/1/page{path}")
        assert page.status_code == 200
        assert "KEEP_PAGES=failed" in page.text
    for path, status in (
        ("page?number=3", 404), ("page?number=x", 400), ("page?number=0", 400),
        ("page/file?number=3", 404), ("page/explain?number=9", 404),
    ):  # fmt: skip
        found = person.get(f"/jobs/{seeded.partial}/targets/0/{path}")
        assert found.status_code == status, path
    assert person.get(f"/jobs/{seeded.partial}/targets/7/page").status_code == 404


def test_an_explanation_is_that_of_the_api(person: Person, seeded: Seeded) -> None:
    path = f"/jobs/{seeded.partial}/targets/0/page/explain"
    answer = person.get(path)
    told = person.tenant.get(path).json["data"]
    names = re.findall(r"<tbody>.*</tbody>", answer.text, re.DOTALL)[0]
    assert re.findall(r"<tr><td>(\w+)</td>", names) == [one["field"] for one in told["fields"]]
    assert "productTitle" in names and "spiders/pages/sections/identity.py" in names
    assert weight(answer.data) <= 40_000


def test_a_replay_shows_what_differs(person: Person, seeded: Seeded) -> None:
    path = f"/jobs/{seeded.partial}/targets/0/page/replay"
    page = person.get(path).text
    (row,) = person.tenant.get(path).json["data"]["rows"]
    shown = re.findall(r"<td>([\w.]+)</td><td class=\"text\">", page)
    assert shown == [change["field"] for change in row["changes"]]
    assert "title" in shown and "Nothing was written" in page
    assert f'href="/console/jobs/{seeded.partial}/targets/0?row=1.1#whole"' in page
    hostile = person.get(f"/jobs/{seeded.running}/targets/0/page/replay").text
    assert "stored, and not read any more" in hostile
    assert "The first 100 of 130" in hostile


def test_pages_of_selectors_can_be_downloaded(person: Person, database: Database) -> None:
    wanted = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
    job = person.tenant.post("/api/v1/jobs", json=wanted).json["id"]
    database["targets"].update_one({"jobId": job}, {"$set": {"status": "success", "token": 1}})
    SavedPages(database).keep([page_of(job)])
    assert "by the selectors of the job" in person.get(f"/jobs/{job}/targets/0/page/explain").text
    assert person.get(f"/jobs/{job}/targets/0/page/file").status_code == 200


def test_a_strangers_page_is_never_one_of_ours(person: Person, seeded: Seeded) -> None:
    base = f"/jobs/{seeded.running}/targets/0/page"
    file = person.get(f"{base}/file")
    assert gzip.decompress(file.data).decode() == HOSTILE_PAGE
    assert file.headers["Content-Disposition"].startswith("attachment")
    source = person.get(f"{base}/source")
    assert source.text == HOSTILE_PAGE
    assert source.headers["Content-Type"] == "text/plain; charset=utf-8"
    look = person.get(f"{base}/look", headers={"Sec-Fetch-Dest": "iframe"})
    assert look.text == HOSTILE_PAGE
    assert look.headers["X-Frame-Options"] == "SAMEORIGIN"
    for answer in (file, source, look):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("sandbox; default-src 'none'") and "script" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    alone = person.get(f"{base}/look", headers={"Sec-Fetch-Dest": "document"})
    assert alone.status_code == 404
    for path in ("", "/explain", "/replay"):
        page = person.get(base + path).text
        assert "evil.example" not in page and "<script>fetch" not in page
    assert '<iframe src="' in person.get(base).text and 'sandbox=""' in person.get(base).text


def test_an_explanation_without_a_trace_says_so(person: Person, database: Database) -> None:
    job = person.tenant.make_job(type="suggestions", targets=["usb"])["id"]
    database["targets"].update_one({"jobId": job}, {"$set": {"status": "success", "token": 1}})
    address = "https://completion.amazon.com/api/2017/suggestions?prefix=usb&alias=aps"
    asked = dict.fromkeys(("url", "requested_url"), address)
    body = b'{"prefix": "usb", "suggestions": [{"value": "usb hub"}]}'
    headers = {"content-type": "application/json"}
    SavedPages(database).keep([page_of(job, body=body, headers=headers, **asked)])
    page = person.get(f"/jobs/{job}/targets/0/page/explain").text
    assert "usb hub" in page and "keeps no trace" in page and "its one place" not in page
