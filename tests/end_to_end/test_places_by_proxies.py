"""Places and currencies at one store by the operator's proxies, each an exit that the store tells apart.

`make test` runs the short form. The full form, with crawlers that are killed meanwhile, is `make chaos`.
"""

from __future__ import annotations

import os
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.goods.catalogue import Catalogue
from spiders.middlewares.proxy_pool import REFRESH_SECONDS
from storage.accounts.proxies import Proxies
from storage.base.transactions import Transactions
from tests.crash.farm import Farm
from tests.crash.kills import kill_at_random
from tests.end_to_end.conftest import Serve

OPERATOR_TOKEN = "an-operator-of-the-tests-0123456789"
# What the store's pages call them.
PLACES = {"80331": "80331 München", "20095": "20095 Hamburg", "10115": "10115 Berlin"}
OWN_CURRENCY = "EUR"
SETUP_REQUESTS = 4
MAX_SETUP_SHARE = 0.05
# What was under way when a visitor ended is not called back; on a busy machine that takes long.
UNDER_WAY_SECONDS = 5.0
# Shorter ones, such as i18n-prefs=EUR, name what rows name as well.
SECRET_LENGTH = 10
ALWAYS_KEPT = {"detail.log", "results", "json export", "csv export", "API answers", "/metrics"}

Job = dict[str, Any]
Row = dict[str, Any]
Entry = dict[str, Any]
_EXIT = re.compile(r"is the proxy (http://\S+)")

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True, kw_only=True)
class Scale:
    products: int
    places: Sequence[str]
    currencies: Sequence[str | None]
    exits: int
    crawlers: int = 1
    kills: int = 0
    # Of all pages that the store answers with a captcha.
    captcha: float = 0.0
    # Products that are crawled once more while visitors lose their place.
    lost_places: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Ask:
    place: str
    currency: str | None

    @property
    def config(self) -> dict[str, str]:
        asked = {"marketplace": "DE", "deliverTo": self.place}
        return {**asked, "currency": self.currency} if self.currency else asked


SHORT = Scale(products=40, places=("80331", "20095"), currencies=(None,), exits=3, lost_places=40)
FULL = [
    pytest.param(
        Scale(
            products=500,
            places=tuple(PLACES),
            currencies=("EUR", "USD"),
            exits=5,
            crawlers=4,
            kills=5,
            captcha=0.003,
            seed=int(seed),
        ),
        id=f"full-{seed}",
        marks=(pytest.mark.chaos, pytest.mark.timeout(600)),
    )
    for seed in os.environ.get("CHAOS_SEEDS", "1").split(",")
]


class Shop:
    """The practice store, its proxies in the pool of a farm, and who asks there."""

    def __init__(self, farm: Farm, client: httpx.Client, scale: Scale) -> None:
        self.farm, self.client, self.scale = farm, client, scale
        self.url = farm.environ["SANDBOX_URL"]
        self.project = client.post("/projects", json={"name": "Places"}).json()["data"]["id"]
        self.jobs: dict[str, Ask] = {}
        self.answers: list[str] = []

    def add_proxies(self, log: str) -> None:
        proxies = Proxies(self.farm.database)
        for url in _EXIT.findall(log):
            Transactions(self.farm.database.client).run(
                lambda session, url=url: proxies.insert(url, session=session)
            )
        # Crawlers that run already look for new proxies so often.
        time.sleep(2 * REFRESH_SECONDS)

    def behave(self, route: str, **rates: float) -> None:
        httpx.post(f"{self.url}/__{route}", json=rates).raise_for_status()

    def submit(self, *, products: int) -> dict[str, Ask]:
        """A job of the same products for each place and currency, all at once; by job id."""
        asins = [Catalogue(seed=1, products=100_000).asin(number) for number in range(products)]
        asks = [Ask(place, each) for place in self.scale.places for each in self.scale.currencies]
        jobs = {}
        for ask in asks:
            body = {"type": "details", "targets": asins, "config": ask.config}
            answer = self.client.post(f"/projects/{self.project}/jobs", json=body)
            assert answer.is_success, answer.text
            jobs[answer.json()["data"]["id"]] = ask
        self.jobs.update(jobs)
        return jobs

    def get(self, path: str, **params: Any) -> Any:
        answer = self.client.get(path, params=params)
        assert answer.is_success, answer.text
        self.answers.append(answer.text)
        return answer.json()

    def ended(self, job_id: str, *, seconds: float) -> Job:
        deadline = time.monotonic() + seconds
        while True:
            job: Job = self.get(f"/jobs/{job_id}")["data"]
            if job["status"] not in ("queued", "running"):
                return job
            assert time.monotonic() < deadline, {**job, "targets": len(job["targets"])}
            time.sleep(0.5)

    def rows(self, job_id: str) -> list[Row]:
        found: list[Row] = []
        cursor = None
        while True:
            params = {"limit": 100, **({"cursor": cursor} if cursor else {})}
            page = self.get(f"/jobs/{job_id}/results", **params)
            found += page["data"]
            cursor = page["meta"]["nextCursor"]
            if not cursor:
                return found

    def entries(self) -> list[Entry]:
        """The store's own record of the requests that came to it."""
        entries: list[Entry] = httpx.get(f"{self.url}/__requests", timeout=60).json()
        return [entry for entry in entries if entry["host"] == "www.amazon.de"]

    def metrics(self) -> str:
        answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {OPERATOR_TOKEN}"})
        assert answer.is_success, answer.text
        return answer.text

    def everything_kept(self) -> Iterator[tuple[str, str]]:
        """Whatever an operator or a user can read: its name and its text."""
        for log in sorted(self.farm.folder.glob("*.log")):
            yield log.name, log.read_text(errors="replace")
        for name in self.farm.database.list_collection_names():
            yield name, "\n".join(map(str, self.farm.database[name].find()))
        for job_id in self.jobs:
            for kind in ("json", "csv"):
                answer = self.client.get(f"/jobs/{job_id}/export", params={"format": kind})
                assert answer.is_success, answer.text
                yield f"{kind} export", answer.text
        yield "API answers", "\n".join(self.answers)
        yield "/metrics", self.metrics()


def reasons(job: Job) -> set[str]:
    return {str(target.get("error")) for target in job["targets"]}


def check_rows(shop: Shop, ask: Ask, rows: Sequence[Row]) -> None:
    """Each row is of its place and currency, and its price is what the store asks for there."""
    currency = ask.currency or OWN_CURRENCY
    assert {row["deliverTo"] for row in rows} == {PLACES[ask.place]}
    assert {row["deliverToAsked"] for row in rows} == {ask.place}
    assert {row["price"]["currency"] for row in rows if row["price"]} == {currency}
    assert len({row["asin"] for row in rows}) == len(rows)
    for row in rows[:10]:
        query = f"place=DE:{ask.place}&currency={currency}"
        target = f"/__truth/dp/{row['asin']}?{query}"
        facts = httpx.get(shop.url + target, headers={"Host": "www.amazon.de"}).json()
        amount = facts["price"] and float(facts["price"]["amount"])
        assert (row["price"] and row["price"]["amount"]) == amount, row["asin"]


def check_sessions(shop: Shop, entries: Sequence[Entry]) -> None:
    exits_of = defaultdict(set)
    asked_of = defaultdict(set)
    for entry in entries:
        if entry["session"]:
            exits_of[entry["session"]].add(entry["exit"])
        if entry["session"] and entry["kind"] == "product":
            asked_of[entry["session"]].add((entry["place"], entry["currency"]))
    assert {len(exits) for exits in exits_of.values()} == {1}
    assert {len(asked) for asked in asked_of.values()} == {1}
    assert {entry["note"] for entry in entries} == {""}, "no session was used by another exit"
    used = set().union(*exits_of.values())
    assert used <= {f"exit-{number}" for number in range(1, shop.scale.exits + 1)}
    assert len(used) > 1


def check_setup(shop: Shop, entries: Sequence[Entry]) -> None:
    """At most four requests a visitor, and a visitor for each place, currency and exit."""
    scale = shop.scale
    blocks = sum(entry["kind"] == "captcha" for entry in entries)
    setup = [entry for entry in entries if entry["kind"] not in ("product", "captcha")]
    visitors = scale.exits * len(scale.places) * len(scale.currencies)
    # One more for each that a block or a killed crawler has ended.
    assert 0 < len(setup) <= SETUP_REQUESTS * (visitors + blocks + scale.kills)
    share = len(setup) / len(entries)
    print(f"set-up: {len(setup)} of {len(entries)} requests, {share:.1%}; {blocks} captchas")
    if len(entries) >= 1_000:
        assert share <= MAX_SETUP_SHARE


def check_ends(entries: Sequence[Entry], *, kills: Sequence[float]) -> int:
    """Nothing of a visitor after a block page has ended it; returns how many have ended.

    A block just before a kill may be known to the killed crawler alone: it does not count.
    """
    ended: dict[str, float] = {}
    for entry in entries:
        session = entry["sessionSent"]
        if session in ended:
            assert entry["at"] - ended[session] < UNDER_WAY_SECONDS, entry["target"]
        if any(0 <= kill - entry["at"] < UNDER_WAY_SECONDS for kill in kills):
            continue
        if session and entry["kind"] == "captcha":
            ended.setdefault(session, entry["at"])
    return len(ended)


def check_secrets(entries: Sequence[Entry], kept: Iterator[tuple[str, str]]) -> None:
    secrets = {value for entry in entries for value in secrets_of(entry)}
    assert secrets
    # One pattern: a thousand searches of each text take long.
    pattern = re.compile("|".join(sorted(map(re.escape, secrets))))
    read = set()
    for name, text in kept:
        assert not pattern.search(text), f"a cookie stands in {name}"
        read |= {name} if text else set()
    assert read >= ALWAYS_KEPT


def secrets_of(entry: Entry) -> Iterator[str]:
    cookies: Mapping[str, str] = entry["cookies"]
    yield from (value for value in cookies.values() if len(value) >= SECRET_LENGTH)
    if token := entry["headers"].get("anti-csrftoken-a2z"):
        yield token


def crawl_meanwhile_killing(shop: Shop) -> list[float]:
    """Returns the times of the kills."""
    scale = shop.scale
    names = ["detail", *(f"detail-{number}" for number in range(2, scale.crawlers + 1))]
    for name in names[1:]:
        shop.farm.start_crawler(name)
    jobs = shop.submit(products=scale.products)
    kills = []
    if scale.kills:
        kills = kill_at_random(shop.farm, list(jobs), names, seed=scale.seed, kills=scale.kills)
    for job_id, ask in jobs.items():
        job = shop.ended(job_id, seconds=300)
        assert job["outcome"] == "succeeded", reasons(job)
        rows = shop.rows(job_id)
        assert len(rows) == scale.products
        shop.farm.assert_books_are_right(job_id)
        check_rows(shop, ask, rows)
    return kills


def crawl_with_lost_places(shop: Shop) -> None:
    """Half of the visitors get their place by the older address alone, and each loses it now and then."""
    shop.behave("faults")
    shop.behave("visitors", json_inert=0.5, place_lost_after=15)
    for job_id, ask in shop.submit(products=shop.scale.lost_places).items():
        job = shop.ended(job_id, seconds=150)
        failed = sum(target["status"] == "failed" for target in job["targets"])
        rows = shop.rows(job_id)
        assert failed + len(rows) == shop.scale.lost_places
        assert len(rows) > shop.scale.lost_places * 0.8, reasons(job)
        check_rows(shop, ask, rows)
    counts = httpx.get(f"{shop.url}/__visitors").json()["sessions"]
    assert counts["places_lost"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("scale", [pytest.param(SHORT, id="short"), *FULL])
def test_every_row_is_of_its_place_and_every_visitor_of_its_exit(
    serve: Serve, tmp_path: Path, scale: Scale
) -> None:
    print(f"seed {scale.seed}")
    farm, client = serve(
        *("--exits", str(scale.exits), "--bulk", "0"),
        ALLOWED_NETWORKS="127.0.0.0/8",
        VERIFY_CERTIFICATES="false",
        MARKETPLACE_REQUESTS_PER_MINUTE="60000",
        OPERATOR_TOKEN=OPERATOR_TOKEN,
    )
    shop = Shop(farm, client, scale)
    shop.add_proxies((farm.folder / "sandbox.log").read_text())
    shop.behave("faults", **({"captcha": scale.captcha} if scale.captcha else {}))
    started = time.monotonic()
    kills = crawl_meanwhile_killing(shop)
    print(f"{len(shop.jobs) * scale.products} rows in {time.monotonic() - started:.0f} s")
    entries = shop.entries()
    check_sessions(shop, entries)
    check_setup(shop, entries)
    blocked = check_ends(entries, kills=kills)
    print(f"{blocked} visitors ended by a block, {len(kills)} crawlers killed")
    assert (blocked > 0) is (scale.captcha > 0)
    if scale.lost_places:
        crawl_with_lost_places(shop)
    check_secrets(shop.entries(), shop.everything_kept())
