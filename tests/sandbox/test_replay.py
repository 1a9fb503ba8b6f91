import gzip
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from sandbox.http.messages import Reply, Request
from sandbox.replay import InvalidManifest, Replay

REAL_PAGES = Path(__file__).resolve().parents[3] / "shared" / "amazon-pages"


def entry(file: str, url: str, **more: object) -> dict[str, object]:
    return {"file": file, "url": url, "status": 200, "kind": "detail", **more}


ENTRIES = [
    entry("a.html.gz", "https://www.amazon.de/dp/B0AAAAAAAA"),
    entry("b.html.gz", "https://www.amazon.de/dp/B0AAAAAAAA"),
    entry("c.html.gz", "https://www.amazon.com/dp/B0AAAAAAAA"),
    entry("d.html.gz", "https://www.amazon.co.jp/s?k=%E3%83%9D%E3%82%B1+BOX", kind="search"),
    entry("e.html.gz", "https://www.amazon.com/dp/B000000000", kind="blocked", status=503),
    entry("f.html.gz", "https://www.amazon.in/dp/B000000000", kind="blocked"),
    entry("g.html.gz", "https://www.amazon.com/s?k=old+page", kind="search", marketplace="?"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for item in ENTRIES:
        name = str(item["file"])
        (tmp_path / name).write_bytes(gzip.compress(f"page {name[0]}".encode()))
    lines = "\n".join(json.dumps(item) for item in ENTRIES)
    (tmp_path / "manifest.jsonl").write_text(lines + "\n")
    return tmp_path


def get(replay: Replay, host: str, target: str) -> Reply:
    return replay.reply(Request("GET", target, {"host": host}))


@pytest.mark.parametrize(
    ("host", "target", "file", "status"),
    [
        ("www.amazon.de", "/dp/B0AAAAAAAA", "a", 200),
        ("www.amazon.de:8443", "/dp/B0AAAAAAAA?th=1&psc=1&language=de_DE", "a", 200),
        ("www.amazon.de", "/Some-Slug/dp/b0aaaaaaaa/ref=sr_1_1", "a", 200),
        ("www.amazon.de", "/gp/product/B0AAAAAAAA", "a", 200),
        ("WWW.AMAZON.COM", "/dp/B0AAAAAAAA", "c", 200),
        ("www.amazon.co.jp", f"/s?k={quote('ポケ')}%20box&page=1&language=ja_JP", "d", 200),
        ("www.amazon.fr", "/dp/B000000001?th=1", "e", 503),
        ("127.0.0.1:1234", "/dp/B000000002", "f", 200),
        ("www.amazon.it", "/s?k=Old++Page", "g", 200),
    ],
)
def test_saved_pages_answer_under_their_own_addresses(
    folder: Path, host: str, target: str, file: str, status: int
) -> None:
    reply = get(Replay(folder), host, target)
    assert reply.status == status
    assert reply.is_gzip
    assert reply.body == (folder / f"{file}.html.gz").read_bytes()


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("www.amazon.fr", "/dp/B0AAAAAAAA"),
        ("www.amazon.de", "/dp/B000000000"),
        ("www.amazon.de", "/dp/B000000003"),
        ("www.amazon.com", f"/s?k={quote('ポケ')}+BOX"),
        ("www.amazon.de", "/"),
        ("www.amazon.de", "/s"),
    ],
)
def test_anything_else_is_not_found(folder: Path, host: str, target: str) -> None:
    reply = get(Replay(folder), host, target)
    assert (reply.status, reply.kind) == (404, "not_found")


def test_variant_picks_among_pages_that_share_a_url(folder: Path) -> None:
    bodies = [
        get(Replay(folder, variant=variant), "www.amazon.de", "/dp/B0AAAAAAAA").body
        for variant in (0, 1, 9)
    ]
    a, b = (folder / "a.html.gz").read_bytes(), (folder / "b.html.gz").read_bytes()
    assert bodies == [a, b, b]


def test_later_pages_of_a_saved_search_hold_nothing(folder: Path) -> None:
    reply = get(Replay(folder), "www.amazon.co.jp", f"/s?k={quote('ポケ')}+box&page=2")
    assert (reply.status, reply.kind) == (200, "no_results")
    assert not isinstance(reply.body, bytes)
    html = reply.body.identity().decode()
    assert "一致する商品はありませんでした" in html and '"s-search-result"' not in html


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"file": "a.html.gz"}',
        json.dumps(entry("missing.gz", "https://www.amazon.de/dp/B0AAAAAAAA")),
        json.dumps(entry("a.html.gz", "https://www.amazon.de/help")),
    ],
)
def test_a_broken_manifest_names_its_line(folder: Path, line: str) -> None:
    with (folder / "manifest.jsonl").open("a") as manifest:
        manifest.write(line + "\n")
    with pytest.raises(InvalidManifest, match="line 8"):
        Replay(folder)


def test_the_saved_real_pages_all_answer_untouched() -> None:
    if not REAL_PAGES.is_dir():
        pytest.skip("../shared/amazon-pages is not here")
    replay = Replay(REAL_PAGES)
    lines = (REAL_PAGES / "manifest.jsonl").read_text().splitlines()
    blocked = 0
    answered = set()
    for item in map(json.loads, lines):
        if item["kind"] == "blocked":
            blocked += 1
            reply = get(replay, "www.amazon.pl", f"/dp/B{blocked:09d}?th=1&psc=1")
        else:
            host, _, target = item["url"].removeprefix("https://").partition("/")
            reply = get(replay, host, f"/{target}")
            if (host, target) in answered:
                continue
            answered.add((host, target))
        assert reply.status == item["status"], item["file"]
        assert reply.body == (REAL_PAGES / item["file"]).read_bytes(), item["file"]
    assert blocked == 20 and len(answered) > 30
