"""The table of rows: a text in them with how far it was looked for, and pages back."""

from __future__ import annotations

import re
from html import unescape

import pytest
from pymongo.database import Database

from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person
from tests.control_api.console.seeded import search_row, seed
from tests.control_api.crawling import end_target

ROWS = 10


@pytest.fixture
def job(person: Person, settlement: Settlement, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every third of ten rows is a lamp; a page has two rows, and a search reads four."""
    monkeypatch.setattr("control_api.console.jobs.rows.PER_PAGE", 2)
    monkeypatch.setattr("control_api.services.jobs.results.SCANNED_ROWS", 4)
    made: str = person.tenant.make_job()["id"]
    titles = ("Desk LAMP", "Kettle", "Kettle")
    rows = [search_row(number, title=titles[number % 3]) for number in range(ROWS)]
    end_target(settlement, made, 0, rows)
    return made


def link(page: str, text: str) -> str | None:
    found = re.search(rf'href="/console([^"]+)">{text}</a>', page)
    return unescape(found[1]) if found else None


def ranks(page: str) -> list[int]:
    return [int(one) for one in re.findall(r"<bdi>B0(\d{8})</bdi>", page)]


def walked(person: Person, path: str, text: str) -> list[str]:
    """The page and those that the link of that text leads to."""
    pages = [person.get(path).text]
    while onward := link(pages[-1], text):
        pages.append(person.get(onward).text)
    return pages


def told(page: str) -> str:
    found = re.search(r'<p role="status">([^<·]+)', page)
    assert found
    return found[1].strip()


def test_a_search_says_how_far_it_has_read_and_goes_on(person: Person, job: str) -> None:
    pages = walked(person, f"/jobs/{job}?q=lamp&column=asin", "Continue")
    assert [ranks(page) for page in pages] == [[0, 3], [6], [9]]
    assert [told(page) for page in pages] == [
        "2 matches in the first 4 of 10 rows",
        "3 matches in the first 8 of 10 rows",
        "4 matches in the first 10 of 10 rows",
    ]
    assert all('value="lamp"' in page and 'value="asin" checked' in page for page in pages)
    back = walked(person, link(pages[-1], "Previous") or "", "Previous")
    assert [ranks(page) for page in back] == [[6], [0, 3]]
    assert told(back[0]) == "3 matches in the first 8 of 10 rows"
    none = person.get(f"/jobs/{job}?q=sofa").text
    assert told(none) == "0 matches in the first 4 of 10 rows" and link(none, "Continue")
    last = walked(person, f"/jobs/{job}?q=sofa", "Continue")[-1]
    assert told(last) == "0 matches in the first 10 of 10 rows" and "No more rows hold" in last


def test_what_is_looked_for_stays_a_text(person: Person, job: str) -> None:
    page = person.get(f"/jobs/{job}", query_string={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_pages_lead_back_as_they_led_on(person: Person, job: str) -> None:
    on = walked(person, f"/jobs/{job}?column=asin", "Next 100")
    assert [ranks(page) for page in on] == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    back = walked(person, link(on[-1], "Previous") or "", "Previous")
    assert [ranks(page) for page in back] == [[6, 7], [4, 5], [2, 3], [0, 1]]
    lines = [re.findall(r"Rows (\d+–\d+ of \d+)", page) for page in back]
    assert lines == [["7–8 of 10"], ["5–6 of 10"], ["3–4 of 10"], ["1–2 of 10"]]
    assert link(on[0], "Previous") is None
    assert ranks(person.get(link(back[1], "Next 100") or "").text) == [6, 7]


def test_only_the_first_page_in_the_usual_columns_is_kept_up_to_date(
    person: Person, settlement: Settlement, database: Database
) -> None:
    job = person.tenant.make_job(targets=["a", "b"])["id"]
    end_target(settlement, job, 0, [search_row(1)])
    for query, is_live in (("", True), ("?q=x", False), ("?column=asin", False)):
        page = person.get(f"/jobs/{job}{query}").text
        assert ("&amp;rows=1" in page) is is_live, query


def test_chosen_columns_are_kept_for_the_type(person: Person, database: Database) -> None:
    seeded = seed(person.tenant, database)

    def heads(path: str) -> list[str]:
        return re.findall(r"<th[^>]*>([^<]+)</th>", person.get(path).text.partition('id="rows"')[2])

    usual = heads(f"/jobs/{seeded.running}")
    assert heads(f"/jobs/{seeded.running}?column=price&column=asin") == ["asin", "price"]
    # Of another job of the type too, but of no other type.
    assert heads(f"/jobs/{seeded.running}") == heads(f"/jobs/{seeded.hostile}") == ["asin", "price"]
    assert len(heads(f"/jobs/{seeded.partial}")) > 2
    assert heads(f"/jobs/{seeded.running}?column=") == usual == heads(f"/jobs/{seeded.running}")
    person.client.set_cookie("columns-search", "<b>,price", path="/console")
    page = person.get(f"/jobs/{seeded.running}").text
    assert "<b>,price" not in page and heads(f"/jobs/{seeded.running}") == ["price"]
