"""Saved pages over the API: listed, downloaded, explained, and read again."""

from __future__ import annotations

import gzip
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo.database import Database

from control_api.gateways.page_reader import PageReader, PageReaderBusy
from control_api.services.pages.saved_pages import extract_command
from spiders.commands.extract import SavedPage as ExtractPage
from spiders.commands.extract import answer_for
from storage.jobs.settlement import Settlement
from storage.pages.saved_pages import SavedPages
from tests.control_api.conftest import Tenant, error_of
from tests.control_api.crawling import end_target, fail_target
from tests.spiders.little_store import product_html
from tests.spiders.saved.pages import page_of

ASIN = "B000000001"
BODY = product_html(ASIN)
HOSTILE = b"<html><script>alert(1)</script><meta http-equiv=refresh content='0;url=//evil.example'>"


def make_details(tenant: Tenant, targets: int = 1) -> str:
    names = [f"B00000000{number}" for number in range(1, targets + 1)]
    job: str = tenant.make_job(type="details", targets=names)["id"]
    return job


def read_now(body: bytes = BODY) -> dict[str, Any]:
    """The row that the parser of today reads."""
    reader = PageReader(cpu_seconds=10, memory_mb=512)
    url = f"https://www.amazon.com/dp/{ASIN}"
    head = {"type": "details", "url": url, "requested_url": url, "status": 200, "lang": "en-US"}
    row: dict[str, Any] = reader.read(head, body, explains=False)["rows"][0]
    return row


@pytest.fixture(scope="module")
def row() -> dict[str, Any]:
    return read_now()


def test_pages_of_ended_targets_are_listed(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant, 3)
    end_target(settlement, job, 0, [{"asin": ASIN}])
    fail_target(settlement, job, 1)
    failed = page_of(job, 1, status=404, place="10001", engine="browser")
    pages = [page_of(job, 0, rows=[(1, 1)], encoding="utf-8"), failed, page_of(job, 2)]
    SavedPages(database).keep([*pages, page_of(job, 1, number=2)])
    listed = tenant.get(f"/jobs/{job}/pages").json
    assert listed["meta"] == {"total": 3, "keeps": "off"}
    assert [(one["target"], one["number"]) for one in listed["data"]] == [(0, 1), (1, 1), (1, 2)]
    first, second, _ = listed["data"]
    assert first["rowCount"] == 1
    assert first["encoding"] == "utf-8"
    assert (second["status"], second["place"], second["engine"]) == (404, "10001", "browser")
    assert first["storedBytes"] == len(pages[0].body)
    assert first["expiresAt"] > first["fetchedAt"]
    one = tenant.get(f"/jobs/{job}/pages?target=1&limit=1&offset=1").json
    assert [(page["target"], page["number"]) for page in one["data"]] == [(1, 2)]
    assert one["meta"]["total"] == 2


def test_a_page_is_downloaded_as_what_no_browser_shows(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant)
    end_target(settlement, job, 0)
    odd = "https://www.amazon.com/dp/B000000001?x=\r\nSet-Cookie: a=b"
    SavedPages(database).keep([page_of(job, body=HOSTILE, requested_url=odd)])
    answer = tenant.get(f"/jobs/{job}/targets/0/page")
    assert answer.status_code == 200
    assert gzip.decompress(answer.data) == HOSTILE
    headers = answer.headers
    assert headers["Content-Type"] == "application/gzip"
    assert "Content-Encoding" not in headers
    assert headers["Content-Disposition"] == f'attachment; filename="{job}-0-1.html.gz"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Page-Status"] == "200"
    assert headers["X-Page-Url"].endswith("?x=%0D%0ASet-Cookie:%20a=b")
    assert "Set-Cookie" not in headers


def test_a_downloaded_page_is_read_by_the_command_line(
    tenant: Tenant, database: Database, settlement: Settlement, tmp_path: Path
) -> None:
    job = make_details(tenant)
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job, body=BODY)])
    answer = tenant.get(f"/jobs/{job}/targets/0/page")
    file = tmp_path / f"{job}-0-1.html.gz"
    file.write_bytes(answer.data)
    kept = SavedPages(database).find(job, 0, None)
    assert kept is not None
    words = shlex.split(extract_command(file.name, kept[0]))
    assert words[:3] == ["scrapy", "extract", file.name]
    url, lang = words[words.index("--url") + 1], words[words.index("--lang") + 1]
    found = answer_for(ExtractPage(file.name, file, url, 200), lang=lang)
    assert (found["pageStatus"], found["items"][0]["asin"]) == ("ok", ASIN)
    assert found["items"][0]["lang"] == "en-US"


def test_the_last_page_is_meant_unless_another_is_asked_for(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant)
    end_target(settlement, job, 0)
    pages = [page_of(job, number=n, body=b"%d" % n) for n in (1, 2)]
    SavedPages(database).keep(pages)
    path = f"/jobs/{job}/targets/0/page"
    assert gzip.decompress(tenant.get(path).data) == b"2"
    assert gzip.decompress(tenant.get(f"{path}?number=1").data) == b"1"
    missing = (404, "NOT_FOUND", "No such page is kept (KEEP_PAGES is off)")
    assert error_of(tenant.get(f"{path}?number=3")) == missing
    assert error_of(tenant.get(f"/jobs/{job}/targets/7/page")) == (
        404,
        "NOT_FOUND",
        "Target not found",
    )


def test_an_explanation_names_the_sources_of_each_field(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant)
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job, body=BODY)])
    said = tenant.get(f"/jobs/{job}/targets/0/page/explain").json["data"]
    assert (said["problem"], said["pageStatus"], said["failure"]) == (None, "ok", None)
    assert said["summary"] == f"asin {ASIN}"
    fields = {one["field"]: one for one in said["fields"]}
    title = fields["title"]
    assert title["value"] == f"A thing {ASIN}"
    assert title["sources"][0] == {"name": "productTitle", "value": title["value"], "won": True}
    assert {source["won"] for source in title["sources"][1:]} == {False}
    assert title["readIn"] == "spiders/pages/sections/identity.py"
    assert said["rows"][0]["title"] == title["value"]
    assert said["page"]["number"] == 1
    assert said["parserVersion"]


def test_a_replay_shows_what_is_read_otherwise(
    tenant: Tenant, database: Database, settlement: Settlement, row: dict[str, Any]
) -> None:
    job = make_details(tenant, 2)
    stored = {**row, "target": "as asked", "scrapedAt": "long ago", "parserVersion": "0.1"}
    end_target(settlement, job, 0, [stored])
    older = {**stored, "title": "An older title", "price": {"amount": 1.5, "currency": "USD"}}
    end_target(settlement, job, 1, [older])
    kept = [page_of(job, index, body=BODY, rows=[(1, 1)]) for index in (0, 1)]
    SavedPages(database).keep(kept)
    before = dump(database)
    same = tenant.get(f"/jobs/{job}/targets/0/page/replay").json["data"]
    assert same["isSame"] is True
    assert same["counts"] == {"same": 1, "changed": 0, "onlyStored": 0, "onlyNow": 0}
    assert same["rows"] == []
    changed = tenant.get(f"/jobs/{job}/targets/1/page/replay").json["data"]
    assert changed["isSame"] is False
    (found,) = changed["rows"]
    assert (found["state"], found["page"], found["position"]) == ("changed", 1, 1)
    assert {one["field"]: (one["stored"], one["now"]) for one in found["changes"]} == {
        "title": ("An older title", f"A thing {ASIN}"),
        "price.amount": (1.5, None),
        "price.currency": ("USD", None),
    }
    # Nothing was written.
    assert dump(database) == before


def dump(database: Database) -> dict[str, list[Any]]:
    names = ("jobs", "targets", "results", "saved_pages", "ledger", "audit")
    return {name: list(database[name].find()) for name in names}


def test_a_page_of_a_block_says_so(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant)
    fail_target(settlement, job, 0, code="BLOCKED_THROTTLED")
    SavedPages(database).keep([page_of(job, status=503, body=b"<html>busy</html>")])
    replay = tenant.get(f"/jobs/{job}/targets/0/page/replay").json["data"]
    assert replay["failure"]["code"] == "BLOCKED_THROTTLED"
    assert replay["isSame"] is True
    assert replay["counts"]["same"] == 0


def test_a_page_that_breaks_the_parser_breaks_nothing_else(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    job = make_details(tenant)
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job, body=b" " * (33 * 1024 * 1024))])
    said = tenant.get(f"/jobs/{job}/targets/0/page/replay").json["data"]
    assert "larger than 33554432 bytes" in said["problem"]
    assert (said["pageStatus"], said["rows"]) == (None, [])
    assert said["isSame"] is None
    assert said["counts"] is None


def test_a_page_of_another_kind_is_read_and_not_compared(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    """As where a list reads the pages of its products."""
    job = tenant.make_job()["id"]
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job, body=BODY)])
    replay = tenant.get(f"/jobs/{job}/targets/0/page/replay").json["data"]
    assert (replay["pageStatus"], replay["isSame"]) == ("ok", None)


def test_pages_that_selectors_read_are_downloaded_only(
    tenant: Tenant, database: Database, settlement: Settlement
) -> None:
    wanted = {"url": "https://example.com/", "selectors": {"title": "h1::text"}}
    job = tenant.post("/api/v1/jobs", json=wanted).json["id"]
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job)])
    assert tenant.get(f"/jobs/{job}/targets/0/page").status_code == 200
    status, code, message = error_of(tenant.get(f"/jobs/{job}/targets/0/page/explain"))
    assert (status, code) == (409, "CONFLICT")
    assert "selectors" in message


def test_who_waits_too_long_for_the_reader_is_told_to_come_again(
    tenant: Tenant,
    database: Database,
    settlement: Settlement,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise PageReaderBusy

    job = make_details(tenant)
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job)])
    monkeypatch.setattr(PageReader, "read", busy)
    answer = tenant.get(f"/jobs/{job}/targets/0/page/explain")
    assert error_of(answer)[:2] == (429, "RATE_LIMIT_EXCEEDED")
    assert int(answer.headers["Retry-After"]) >= 1


def test_others_do_not_see_them(
    make_tenant: Callable[..., Tenant], database: Database, settlement: Settlement
) -> None:
    mine, other = make_tenant(), make_tenant()
    job = make_details(mine)
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job)])
    for path in ("pages", "targets/0/page", "targets/0/page/explain", "targets/0/page/replay"):
        assert error_of(other.get(f"/jobs/{job}/{path}")) == (404, "NOT_FOUND", "Job not found")


def test_pages_go_with_their_project(
    tenant: Tenant, client: FlaskClient, database: Database, settlement: Settlement
) -> None:
    project = tenant.make_project()
    job = tenant.make_job(project)["id"]
    end_target(settlement, job, 0)
    SavedPages(database).keep([page_of(job)])
    assert tenant.call("DELETE", f"/projects/{project}").status_code == 200
    assert database["saved_pages"].count_documents({}) == 0
    # One that comes late finds no job.
    assert SavedPages(database).keep([page_of(job)]) == 0
