"""`scrapy probe` against the practice store, as a user runs it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis

from settings.config import Config
from storage.accounts.proxies import Proxies
from storage.queue.seed_keys import pace_key
from tests import forked
from tests.conftest import require_browser
from tests.sandbox.conftest import ROOT
from tests.stores import Store, database, indexed_database, redis, store, store_config

__all__ = ["database", "indexed_database", "redis", "store", "store_config"]

HABITS = {
    "json_inert": 0.0, "form_inert": 0.0, "codes_refused": False, "other_place": 0.0,
    "place_unnamed": False, "token_missing": False, "dialogue_503": 0.0, "currency_inert": False,
    "exit_place": "", "robots_closed": False, "challenge": "", "challenge_stubborn": False,
}  # fmt: skip
PASSWORD = "a-rather-secret-word"


@dataclass
class Shop:
    url: str
    proxy: str

    def treat(self, **habits: object) -> None:
        httpx.post(f"{self.url}/__visitors", json={**HABITS, **habits}).raise_for_status()
        httpx.post(f"{self.url}/__requests")

    def requests(self) -> list[dict[str, Any]]:
        found = httpx.get(f"{self.url}/__requests").json()
        assert isinstance(found, list)
        return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--bulk", "0", "--exits", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        proxy, url = (process.stdout.readline().split()[-1] for _ in range(2))
        yield Shop(url, proxy)
    finally:
        process.terminate()
        process.wait(timeout=5)
        process.stdout.close()


def run(
    shop: Shop | None, *arguments: str, command: tuple[str, ...] = ("scrapy", "probe"), **env: str
) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        # Of the practice store's tunnels.
        "VERIFY_CERTIFICATES": "false",
        **env,
    }
    if shop is not None:
        environ["SANDBOX_URL"] = shop.url
    module, *words = command
    return forked.run(module, [*words, *arguments], folder=ROOT, environ=environ, timeout=100)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def test_place_is_asked_for_and_confirmed(shop: Shop) -> None:
    shop.treat()
    done = run(shop, "sandbox", "--deliver-to", "10115")
    assert done.returncode == 0 and done.stderr == ""
    assert "works: pages come for New York 10115 as asked in USD" in done.stdout
    for line in ("place       New York 10001 (before)", "10115: the page shows New York 10115"):
        assert line in done.stdout
    entries = shop.requests()
    assert len(entries) == 6
    kinds = [entry["kind"] for entry in entries]
    assert kinds == ["home", "dialogue", "address_json", "search", "product", "robots"]
    sessions = {entry["session"] for entry in entries[:5]}
    assert len(sessions) == 1, "one visitor from first to last"
    assert {entry["exit"] for entry in entries} == {"127.0.0.1"}
    # What the store knows of its visitor is told to nobody.
    assert not any(str(session) in done.stdout for session in sessions)


def test_stranger_is_asked_for_nothing_and_sends_no_cookie(shop: Shop) -> None:
    shop.treat()
    answer = told(run(shop, "sandbox", "--json"))
    assert (answer["verdict"], answer["deliverTo"]) == ("works", "New York 10001")
    assert answer["deliverToAsked"] is None and answer["isPlaceConfirmed"] is None
    assert answer["offer"]["price"] and answer["searchRowsWithPrice"] > 0
    assert [entry["cookies"] for entry in shop.requests()] == [{}, {}, {}]


def test_language_currency_and_product_are_asked_for(shop: Shop) -> None:
    shop.treat()
    asin = told(run(shop, "sandbox", "--json"))["offer"]["asin"]
    shop.treat()
    arguments = ("--lang", "de-DE", "--currency", "CHF", "--asin", asin, "--json")
    answer = told(run(shop, "sandbox", *arguments))
    assert answer["verdict"] == "works"
    assert (answer["language"], answer["currency"], answer["offer"]["asin"]) == (
        "de-DE",
        "CHF",
        asin,
    )
    assert answer["searchRows"] is None
    assert [entry["kind"] for entry in shop.requests()] == ["product", "robots"]
    assert shop.requests()[0]["cookies"]["i18n-prefs"] == "CHF"


@pytest.mark.parametrize(
    ("habits", "code", "said", "tip"),
    [
        ({"json_inert": 1}, 0, "as asked", ""),
        ({"json_inert": 1, "form_inert": 1}, 1, "asked for 90210, pages show", "WRONG_PLACE"),
        ({"other_place": 1}, 1, "asked for 90210, pages show", "WRONG_PLACE"),
        ({"codes_refused": True}, 1, "does not take 90210", "must exist"),
        ({"place_unnamed": True}, 1, "pages name no place", "place_unconfirmed"),
        ({"token_missing": True}, 1, "holds no address dialogue", "another exit"),
        ({"dialogue_503": 1}, 1, "refused for now", "MARKETPLACE_REQUESTS_PER_MINUTE"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_each_fault_of_the_store_is_told(
    shop: Shop, habits: dict[str, object], code: int, said: str, tip: str
) -> None:
    shop.treat(**habits)
    done = run(shop, "sandbox", "--deliver-to", "90210", "--json")
    answer = told(done)
    assert done.returncode == code, answer["summary"]
    assert said in answer["summary"] and tip in " ".join(answer["advice"])
    assert len(shop.requests()) <= 6
    assert answer["hasNeededForm"] == ("json_inert" in habits)


def test_place_of_the_exit_explains_missing_prices(shop: Shop) -> None:
    shop.treat(exit_place="PK")
    done = run(shop, "sandbox", "--json")
    answer = told(done)
    assert done.returncode == 1 and "results show a price for Pakistan" in answer["summary"]
    assert any("--deliver-to" in tip for tip in answer["advice"])


def test_currency_that_is_not_shown(shop: Shop) -> None:
    shop.treat(currency_inert=True)
    done = run(shop, "sandbox", "--currency", "EUR")
    assert done.returncode == 1 and "asked for EUR, prices are in USD" in done.stdout


@pytest.mark.parametrize("kind", ["waf", "interstitial"])
def test_browser_is_tried_where_a_challenge_stands(shop: Shop, kind: str) -> None:
    require_browser()
    shop.treat(challenge=kind)
    mark = f"probe-{secrets.token_hex(8)}"
    done = run(shop, "sandbox", "--json", PROBE_MARK=mark)
    answer = told(done)
    assert (answer["browser"], done.returncode) == ("let_in", 1)
    assert answer["requests"][-1]["what"] == "browser"
    assert any("engine=auto" in tip for tip in answer["advice"])
    assert [entry["kind"] for entry in shop.requests()].count("search") == 1
    assert not processes_with(mark), "no browser is left"


@pytest.mark.slow
def test_browser_that_is_kept_out(shop: Shop) -> None:
    require_browser()
    shop.treat(challenge="waf", challenge_stubborn=True)
    done = run(shop, "sandbox", "--json")
    answer = told(done)
    assert (answer["browser"], done.returncode) == ("kept_out", 2)
    assert "kept out" in answer["advice"][0] and answer["browserReason"]


def test_challenge_without_a_browser(shop: Shop) -> None:
    shop.treat(challenge="waf")
    done = run(shop, "sandbox", BROWSER_PATH="/nowhere/chromium")
    assert done.returncode == 2 and "install a Chromium" in done.stdout
    assert "blocked: " in done.stdout and "BLOCKED_WAF" in done.stdout


def test_each_proxy_is_an_exit_and_its_password_is_not_shown(shop: Shop) -> None:
    shop.treat()
    secret = shop.proxy.replace("http://", f"http://berlin:{PASSWORD}@")
    dead = f"http://berlin:{PASSWORD}@127.0.0.1:{free_port()}"
    done = run(
        shop, "sandbox", "--deliver-to", "90210", "--proxy", secret, "--proxy", dead, "--json"
    )
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["verdict"], second["verdict"], done.returncode) == ("works", "blocked", 1)
    assert first["exit"] == shop.proxy.replace("http://", "http://***@")
    assert second["requests"][0]["code"] == "NETWORK_ERROR"
    assert {entry["exit"] for entry in shop.requests()} == {"berlin"}
    assert PASSWORD not in done.stdout + done.stderr and "berlin" not in done.stdout


def test_store_is_asked_at_its_pace_and_under_its_own_name(shop: Shop) -> None:
    shop.treat()
    arguments = ("DE", "--deliver-to", "80331", "--proxy", shop.proxy, "--json")
    done = run(shop, *arguments, MARKETPLACE_REQUESTS_PER_MINUTE="150")
    answer = told(done)
    assert (answer["verdict"], answer["deliverTo"]) == ("works", "80331 München")
    entries = shop.requests()
    assert {entry["host"] for entry in entries} == {"www.amazon.de"}
    assert entries[0]["cookies"] == {"lc-acbde": "de_DE"}
    moments = [entry["at"] for entry in entries]
    # Five waits of 0.4 s; without them it takes a tenth of that.
    assert len(moments) == 6 and moments[-1] - moments[0] > 1.6
    # The wait for the pace is not the store's.
    assert min(request["milliseconds"] for request in answer["requests"]) < 300


@pytest.mark.parametrize("is_there", [True, False])
def test_manage_counts_with_the_crawlers(
    shop: Shop, store_config: Config, redis: Redis, is_there: bool
) -> None:
    shop.treat()
    url = store_config.redis_url if is_there else f"redis://127.0.0.1:{free_port()}/0"
    done = run(
        shop,
        *("DE", "--asin", "B0ABCDEFG1", "--proxy", shop.proxy, "--json"),
        command=("control_api.manage", "probe"),
        REDIS_URL=url,
        MARKETPLACE_REQUESTS_PER_MINUTE="300",
    )
    assert [request["what"] for request in told(done)["requests"]] == ["product", "robots"]
    reserved = redis.exists(pace_key("DE"))
    assert bool(reserved) is is_there


def test_stored_proxies_are_tried_one_after_another(
    shop: Shop, store_config: Config, store: Store
) -> None:
    shop.treat()
    secret = shop.proxy.replace("http://", f"http://berlin:{PASSWORD}@")
    proxies = Proxies(store.database)
    for url in (secret, shop.proxy):
        store.transactions.run(lambda session, url=url: proxies.insert(url, session=session))
    done = run(
        shop,
        *("sandbox", "--proxies", "--json"),
        MONGODB_URI=store_config.mongodb_uri,
        MONGODB_DATABASE=store_config.mongodb_database,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["works", "works"] and done.returncode == 0
    assert {entry["exit"] for entry in shop.requests()} == {"berlin", "exit-1"}
    assert PASSWORD not in done.stdout + done.stderr
    found = {
        collection: store.database[collection].count_documents({})
        for collection in ("jobs", "results")
    }
    assert found == {"jobs": 0, "results": 0}, "a probe writes nothing"


def test_certificate_that_nobody_trusts_is_named(shop: Shop) -> None:
    done = run(shop, "DE", "--proxy", shop.proxy, VERIFY_CERTIFICATES="true")
    assert done.returncode == 2
    assert "the certificate of www.amazon.de is signed by itself" in done.stdout
    assert "VERIFY_CERTIFICATES" in done.stdout


def test_private_proxy_needs_its_network_allowed(shop: Shop) -> None:
    done = run(shop, "sandbox", "--proxy", shop.proxy, ALLOWED_NETWORKS="10.0.0.0/8")
    assert done.returncode == 2 and "ALLOWED_NETWORKS" in done.stdout


def test_robots_is_obeyed_where_it_is_asked_for(shop: Shop) -> None:
    shop.treat(robots_closed=True)
    done = run(shop, "sandbox", "--deliver-to", "90210", "--json", OBEY_ROBOTS="true")
    answer = told(done)
    assert done.returncode == 1 and "robots.txt" in answer["summary"]
    assert "place dialogue denied" in answer["robots"]
    kinds = [entry["kind"] for entry in shop.requests()]
    assert kinds[0] == "robots" and "dialogue" not in kinds and "search" in kinds
    assert told(run(shop, "sandbox", "--deliver-to", "90210", "--json"))["verdict"] == "works"


def test_practice_store_must_be_named() -> None:
    done = run(None, "sandbox")
    assert done.returncode == 64 and "python -m sandbox" in done.stderr


def test_store_that_is_not_there() -> None:
    done = run(Shop(f"http://127.0.0.1:{free_port()}", ""), "sandbox")
    assert done.returncode == 2 and "reached     no" in done.stdout
    assert "No practice store listens at SANDBOX_URL" in done.stdout


def test_stored_proxies_need_mongodb(shop: Shop) -> None:
    port = free_port()
    done = run(shop, "sandbox", "--proxies", MONGODB_URI=f"mongodb://127.0.0.1:{port}")
    assert done.returncode == 64 and "stored proxies" in done.stderr


def test_manage_passes_everything_on_from_any_folder(shop: Shop) -> None:
    shop.treat()
    environ = {"PATH": os.environ["PATH"], "SANDBOX_URL": shop.url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "control_api.manage", "probe", "sandbox", "--deliver-to", "10115"],
        cwd="/",
        env=environ | {"SCRAPY_PROJECT": "azscraper"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "pages come for New York 10115 as asked" in done.stdout
    assert run(shop, "XX", command=("control_api.manage", "probe")).returncode == 64


def processes_with(mark: str) -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and mark.encode() in (folder / "environ").read_bytes():
                found.append(folder.name)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert isinstance(port, int)
    return port
