"""A real server: exits, the record of requests, and habits that change while it runs."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.conftest import ROOT, StartSandbox

SEARCH = "/s?k=desk+lamp"


@pytest.fixture
def exits() -> Iterator[tuple[str, list[str]]]:
    """(URL of the store, URLs of its two proxies)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--exits", "2", "--bulk", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        lines = [process.stdout.readline().split()[-1] for _ in range(3)]
        yield lines[2], lines[:2]
    finally:
        process.terminate()
        process.wait(timeout=5)
        process.stdout.close()


def recorded(url: str, since: int = 0) -> list[dict[str, object]]:
    answer = httpx.get(f"{url}/__requests?since={since}").json()
    assert isinstance(answer, list)
    return answer


def test_each_proxy_is_an_exit_of_its_own(exits: tuple[str, list[str]]) -> None:
    url, proxies = exits
    for proxy in proxies:
        with httpx.Client(proxy=proxy) as client:
            assert client.get(f"http://sandbox.test{SEARCH}").status_code == 200
    named = proxies[0].replace("http://", "http://berlin:secret@")
    with httpx.Client(proxy=named) as client:
        assert client.get(f"http://sandbox.test{SEARCH}").status_code == 200
    assert httpx.get(f"{url}{SEARCH}").status_code == 200
    entries = recorded(url)
    assert [entry["exit"] for entry in entries] == ["exit-1", "exit-2", "berlin", "127.0.0.1"]
    assert [entry["host"] for entry in entries] == ["sandbox.test"] * 3 + ["127.0.0.1"]
    assert "secret" not in json.dumps(entries)


def test_tunnel_ends_in_the_store(exits: tuple[str, list[str]]) -> None:
    url, proxies = exits
    parts = urlsplit(proxies[1])
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
        opened.sendall(b"CONNECT sandbox.test:80 HTTP/1.1\r\nHost: sandbox.test:80\r\n\r\n")
        assert opened.recv(1000).startswith(b"HTTP/1.1 200")
        opened.sendall(b"GET / HTTP/1.1\r\nHost: sandbox.test\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: opened.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200") and b"glow-ingress-line2" in answer
    assert recorded(url)[-1]["exit"] == "exit-2"


def test_record_tells_cookies_and_for_whom_a_page_was_made(start_sandbox: StartSandbox) -> None:
    url = start_sandbox("--bulk", "0")
    with httpx.Client(base_url=url, headers={"Host": "www.amazon.de"}) as client:
        client.get(SEARCH, headers={"Accept-Language": "de-DE"})
        client.cookies.set("i18n-prefs", "CHF")
        client.get(SEARCH)
        client.get("/dp/B0ZZZZZZZZ", headers={"Cookie": "session-id=1-2-3"})
    first, second, third = recorded(url)
    assert first["cookies"] == {} and first["isNewSession"] is True
    assert (first["language"], first["currency"], first["place"]) == (
        "de_DE",
        "EUR",
        "10115 Berlin",
    )
    assert first["headers"]["accept-language"] == "de-DE"  # type: ignore[index]
    assert second["sessionSent"] == second["session"] == first["session"]
    assert second["isNewSession"] is False
    assert second["currency"] == "CHF"
    assert (third["note"], third["kind"], third["status"]) == ("unknown_session", "not_found", 404)
    assert recorded(url, since=2) == [third]
    assert httpx.post(f"{url}/__requests").json() == recorded(url) == []


def test_only_so_many_requests_are_remembered(start_sandbox: StartSandbox) -> None:
    url = start_sandbox("--bulk", "0", "--journal", "2")
    for page in range(1, 4):
        httpx.get(f"{url}{SEARCH}&page={page}")
    assert [entry["number"] for entry in recorded(url)] == [2, 3]


def test_habits_change_while_it_runs(start_sandbox: StartSandbox) -> None:
    url = start_sandbox("--bulk", "0", "--visitors", "exit_place=PK", "--visitors", "robots_closed")
    told = httpx.get(f"{url}/__visitors").json()
    assert told["habits"]["exit_place"] == "PK" and told["habits"]["challenge"] == ""
    assert "Pakistan" in httpx.get(f"{url}{SEARCH}").text
    assert "Disallow: /portal-migration/" in httpx.get(f"{url}/robots.txt").text
    wanted = {"challenge": "waf", "robots_closed": False}
    answer = httpx.post(f"{url}/__visitors", json=wanted)
    assert answer.json()["habits"]["exit_place"] == "PK", "the others stay"
    assert httpx.get(f"{url}{SEARCH}").status_code == 202
    assert "Disallow" not in httpx.get(f"{url}/robots.txt").text
    refused = httpx.post(f"{url}/__visitors", json={"challenge": "riddle", "exit_place": ""})
    assert refused.status_code == 400 and "riddle" in refused.json()["error"]
    assert httpx.get(f"{url}/__visitors").json()["habits"]["exit_place"] == "PK"


def test_wrong_habit_stops_the_start() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "--port", "0", "--visitors", "json_inert=7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1 and "json_inert" in done.stderr


def test_throttle_page_comes_with_status_200(start_sandbox: StartSandbox) -> None:
    url = start_sandbox("--bulk", "0", "--fault", "throttle_200=1")
    answer = httpx.get(f"{url}{SEARCH}")
    assert answer.status_code == 200 and "cs_503" in answer.text
    assert httpx.get(f"{url}/__stats").json()["byKind"] == {"throttle_200": 1}


def test_tunnel_to_a_store_ends_in_the_practice_store_as_that_store(
    exits: tuple[str, list[str]],
) -> None:
    url, proxies = exits
    with httpx.Client(proxy=proxies[0], verify=False) as client:
        for _ in range(2):
            page = client.get(f"https://www.amazon.de{SEARCH}")
            assert page.status_code == 200 and "10115 Berlin" in page.text
        picture = client.get("https://m.media-amazon.com/images/I/x.jpg")
        assert picture.headers["Content-Type"] == "image/png"
    hosts = [(entry["host"], entry["exit"]) for entry in recorded(url)]
    assert hosts == [("www.amazon.de", "exit-1")] * 2 + [("m.media-amazon.com", "exit-1")]
    first, second = recorded(url)[:2]
    assert first["session"] == second["sessionSent"]


def test_tunnel_without_tls_in_it_is_ended(start_sandbox: StartSandbox) -> None:
    parts = urlsplit(start_sandbox("--bulk", "0"))
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as opened:
        opened.sendall(b"CONNECT www.amazon.de:443 HTTP/1.1\r\n\r\n")
        assert opened.recv(1000).startswith(b"HTTP/1.1 200")
        opened.sendall(b"GET / HTTP/1.1\r\nHost: www.amazon.de\r\n\r\n")
        with suppress(ConnectionResetError):
            while received := opened.recv(1000):
                assert b"HTTP/1.1" not in received
    assert httpx.get(f"http://{parts.netloc}{SEARCH}").status_code == 200
