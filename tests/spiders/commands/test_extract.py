from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spiders.commands.extract import SavedPage, explain, pages_of_manifest, write_answers
from spiders.parsing.decoding.content_coding import zstd
from tests.spiders.pages.cases import FIXTURES

PRODUCT = FIXTURES / "product_everything" / "input.html"
SEARCH = FIXTURES / "search_two_cards_do_not_mix" / "input.html"
PRODUCT_URL = "https://www.amazon.com/dp/B0FIXTURE1"
SEARCH_URL = "https://www.amazon.com/s?k=kettle"


def answers(pages: list[SavedPage]) -> list[dict[str, Any]]:
    out = io.StringIO()
    write_answers(pages, out=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_manifest_is_answered_line_by_line_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "p.html.gz").write_bytes(gzip.compress(PRODUCT.read_bytes()))
    (tmp_path / "s.html").write_bytes(SEARCH.read_bytes())
    (tmp_path / "b.html").write_text("<html></html>")
    manifest = tmp_path / "manifest.jsonl"
    entries = [
        {"file": "s.html", "url": SEARCH_URL, "status": 200},
        {"file": "p.html.gz", "url": PRODUCT_URL, "status": 200},
        {"file": "b.html", "url": PRODUCT_URL, "status": 503},
    ]
    manifest.write_text("\n".join(json.dumps(entry) for entry in entries) + "\n\n")
    found = answers(list(pages_of_manifest(manifest)))
    assert [entry["file"] for entry in found] == ["s.html", "p.html.gz", "b.html"]
    assert [entry["pageStatus"] for entry in found] == ["ok", "ok", "throttled"]
    assert [len(entry["items"]) for entry in found] == [3, 1, 0]
    assert [entry["kind"] for entry in found] == ["search", "detail", "detail"]
    assert [entry["hasNext"] for entry in found] == [True, None, None]
    assert [entry["error"] and entry["error"]["code"] for entry in found] == [
        None, None, "BLOCKED_THROTTLED",
    ]  # fmt: skip
    assert found[0]["items"][0]["keyword"] == "kettle"
    assert found[1]["items"][0]["price"] == {"amount": 31.99, "currency": "USD", "raw": "$31.99"}


LIST = FIXTURES / "list_forms_of_cards" / "input.html"


@pytest.mark.parametrize(
    ("kind", "found", "status", "items"),
    [
        ("bestsellers", "bestsellers", "ok", 11),
        # The page names its own address.
        ("other", "bestsellers", "ok", 11),
        ("detail", "detail", "empty_unexplained", 0),
        ("blocked", "detail", "empty_unexplained", 0),
        (None, "detail", "empty_unexplained", 0),
    ],
)
def test_page_saved_without_its_address_is_read_as_what_the_manifest_calls_it(
    tmp_path: Path, kind: str | None, found: str, status: str, items: int
) -> None:
    (tmp_path / "l.html").write_bytes(LIST.read_bytes())
    entry = {"file": "l.html", "url": PRODUCT_URL, "status": 200, "kind": kind}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(entry))
    (answer,) = answers(list(pages_of_manifest(tmp_path / "manifest.jsonl")))
    said = (answer["kind"], answer["pageStatus"], len(answer["items"]))
    assert said == (found, status, items)


@pytest.mark.parametrize(
    ("name", "body", "status", "items"),
    [
        ("cut.html.gz", gzip.compress(PRODUCT.read_bytes())[:-40], "truncated", 0),
        ("cut.html.zst", zstd.compress(PRODUCT.read_bytes())[:-40], "truncated", 0),
        ("half.html", PRODUCT.read_bytes()[: PRODUCT.stat().st_size // 2], "truncated", 0),
        ("twice.html.gz", gzip.compress(gzip.compress(PRODUCT.read_bytes())), "ok", 1),
        ("whole.html.zst", zstd.compress(PRODUCT.read_bytes()), "ok", 1),
    ],
)
def test_saved_page_that_ended_early_has_no_item(
    tmp_path: Path, name: str, body: bytes, status: str, items: int
) -> None:
    (tmp_path / name).write_bytes(body)
    page = SavedPage(name, tmp_path / name, PRODUCT_URL, 200)
    (found,) = answers([page])
    assert (found["pageStatus"], len(found["items"])) == (status, items)
    expected = {"code": "TRUNCATED_PAGE", "message": "the page ended before its end"}
    assert found["error"] == (expected if status == "truncated" else None)
    out = io.StringIO()
    explain(page, out=out)
    assert f"status: {status}" in out.getvalue()


def test_explain_marks_the_winner_and_shows_the_others() -> None:
    out = io.StringIO()
    explain(SavedPage("x", PRODUCT, PRODUCT_URL, 200), out=out)
    text = out.getvalue()
    assert "status: ok, asin B0FIXTURE1" in text
    block = text.split("\nprice\n")[1].splitlines()
    assert block[0].startswith("  * headline: Money(amount=Decimal('31.99')")
    assert block[1].startswith("    buying options data: Money(amount=Decimal('31.99')")
    assert any(line.strip() == "cart form: None" for line in block)


def test_explain_of_a_search_page_names_its_sources() -> None:
    out = io.StringIO()
    explain(SavedPage("x", SEARCH, SEARCH_URL, 200), out=out)
    assert "status: ok, 3 rows" in out.getvalue()
    assert "  * product heading: 'Green pan'" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([str(PRODUCT), "--url", PRODUCT_URL], 0),
        ([str(PRODUCT)], 2),
        ([], 2),
        (["no-such-file.html", "--url", PRODUCT_URL], 2),
    ],
)
def test_command_runs_without_any_service(arguments: list[str], code: int) -> None:
    command = [sys.executable, "-m", "scrapy", "extract", *arguments]
    project = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    if code == 0:
        assert json.loads(done.stdout)["items"][0]["asin"] == "B0FIXTURE1"
