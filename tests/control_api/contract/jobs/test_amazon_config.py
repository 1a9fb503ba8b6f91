"""The contract, `amazon-config`: "`amazon-config` (all optional): `lang` (default `en-US`),
`marketplace` (code or host; `sandbox` is the practice store), `maxPages` (search, default 1,
≤20), `maxResults`, `sortBy` (`relevance price_asc price_desc reviews newest best_sellers`),
`priceMin`, `priceMax`, `department`, `includeSponsored` (default true), `currency`, `priority`
(`low normal high`). `lang` is `ll-CC` or `ll`; an explicit `marketplace` beats a URL's host,
which beats `lang`'s country, which beats US. An unsupported `lang` or `marketplace` is a 400 that
lists the supported ones. Short links (`amzn.to`, `a.co`) are 400 `INVALID_ASIN`."
Ours: `node` and `refinements` of searches.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pymongo.database import Database

from tests.control_api.conftest import Tenant

ACCEPTED = [
    {"lang": "en"}, {"lang": "de-DE"}, {"marketplace": "sandbox"}, {"marketplace": "www.amazon.de"},
    {"maxPages": 1}, {"maxPages": 20}, {"maxResults": 1}, {"priceMin": 5, "priceMax": 9.5},
    {"department": "electronics"}, {"includeSponsored": False}, {"currency": "EUR"},
    {"node": "172282"}, {"refinements": ["p_89:Anker", "p_36:1000-"]},
    *({"sortBy": word} for word in
      ("relevance", "price_asc", "price_desc", "reviews", "newest", "best_sellers")),
    *({"priority": word} for word in ("low", "normal", "high")),
]  # fmt: skip
REFUSED = [
    {"lang": "english"}, {"lang": "xx-YY"}, {"marketplace": "MARS"}, {"maxPages": 0}, {"maxPages": 21},
    {"maxResults": 0}, {"sortBy": "price"}, {"priceMin": -1}, {"priceMin": 9, "priceMax": 5},
    {"node": "electronics"}, {"node": 172282}, {"refinements": []}, {"refinements": ["Anker"]},
    {"refinements": ["n:electronics"]}, {"refinements": "p_89:Anker"}, {"department": 5}, {"includeSponsored": "no"}, {"currency": "EURO"}, {"priority": "urgent"},
]  # fmt: skip


@pytest.fixture
def rich(make_tenant: Callable[..., Tenant]) -> Tenant:
    return make_tenant("unlimited")


def post(tenant: Tenant, **body):
    wanted = {"type": "search", "targets": ["usb hub"], **body}
    return tenant.post(f"/projects/{tenant.make_project()}/jobs", json=wanted)


def test_known_keys(rich: Tenant) -> None:
    for config in ACCEPTED:
        answer = post(rich, config=config)
        assert (answer.status_code, answer.json["data"]["config"]) == (201, config)
    for config in REFUSED:
        answer = post(rich, config=config)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "VALIDATION_ERROR"), (
            config
        )


def test_defaults(rich: Tenant, database: Database) -> None:
    """Nothing given: the US store in its own language, and no option of the search is set."""
    job = post(rich).json["data"]
    assert (job["config"], job["priority"]) == ({}, "normal")
    target = database["targets"].find_one({"jobId": job["id"]})
    assert (target["marketplace"], target["seed"]["lang"]) == ("US", "en-US")
    assert not {"maxPages", "includeSponsored", "sortBy"} & set(target["seed"])


@pytest.mark.parametrize(
    ("asked", "host", "code"),
    [
        ({"marketplace": "FR", "lang": "de-DE"}, "www.amazon.it", "FR"),
        ({"lang": "de-DE"}, "www.amazon.it", "IT"),
        ({"lang": "de-DE"}, None, "DE"),
        ({"lang": "de"}, None, "US"),
        ({}, None, "US"),
    ],
)
def test_which_store(
    rich: Tenant, database: Database, asked: dict, host: str | None, code: str
) -> None:
    target = f"https://{host}/dp/B000000001" if host else "B000000001"
    job = post(rich, type="details", targets=[target], config=asked).json["data"]
    assert database["targets"].find_one({"jobId": job["id"]})["marketplace"] == code


def test_an_unsupported_one_lists_the_supported(rich: Tenant) -> None:
    for config, listed in (
        ({"lang": "xx"}, ("de-DE", "en-US", "ja-JP")),
        ({"marketplace": "MARS"}, ("US", "DE", "sandbox")),
    ):
        message = post(rich, config=config).json["error"]["message"]
        assert all(word in message for word in listed)


@pytest.mark.parametrize("link", ["https://amzn.to/3abc", "https://a.co/d/abc"])
def test_short_links_are_no_asin(rich: Tenant, link: str) -> None:
    answer = post(rich, type="details", targets=[link])
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "INVALID_ASIN")
