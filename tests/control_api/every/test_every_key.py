"""Every key of `amazon-config` does something: a table with a line for each of them.

Keys that a crawler reads become params of the targets, the very ones that the spider's own argument
makes; tests/spiders/amazon/test_every_argument.py shows on the practice store what each of those does.
"""

from __future__ import annotations

from typing import Any

import pytest

from control_api.azscraper.schemas.jobs.job_config import JobConfig, settings_without_effect
from control_api.services.jobs.creating.job_request import JobRequest, new_targets_from_request
from control_api.services.jobs.types.registry import REQUEST_FORMS
from spiders.amazon.base import AmazonSpider
from spiders.amazon.bestsellers import AmazonBestsellersSpider
from spiders.amazon.detail import AmazonDetailSpider
from spiders.amazon.offers import AmazonOffersSpider
from spiders.amazon.search import AmazonSearchSpider
from spiders.amazon.seller import AmazonSellerSpider
from spiders.amazon.suggestions import AmazonSuggestionsSpider
from spiders.types.registry import TYPE_OF_NAME
from storage.base.records import Priority
from tests.control_api.every.keys import (
    BESIDE,
    CASES,
    OF_OTHERS,
    READ_BY_CRAWLERS,
)
from tests.control_api.worker.conftest import MakeFeeder, make_feeder
from tests.stores import Store, database, indexed_database, new_target, redis, store, store_config

__all__ = ["database", "indexed_database", "make_feeder", "redis", "store", "store_config"]

TEXTS = {
    "search": "desk lamp",
    "details": "B000000001",
    "bestsellers": "electronics",
    "offers": "B000000001",
    "seller": "A2L77EE7U53NWQ",
    "suggestions": "desk",
}
SPIDERS: dict[str, type[AmazonSpider]] = {
    "search": AmazonSearchSpider,
    "details": AmazonDetailSpider,
    "bestsellers": AmazonBestsellersSpider,
    "offers": AmazonOffersSpider,
    "seller": AmazonSellerSpider,
    "suggestions": AmazonSuggestionsSpider,
}
# Keys that the service itself reads.
READ_HERE = {"priority"}
SPELLED = {"deliverTo": ("deliver_to", "10001"), "include": ("include", "offers")}


def test_every_key_and_every_type_has_a_line() -> None:
    assert set(READ_BY_CRAWLERS) | READ_HERE == set(JobConfig.model_fields)
    assert set(OF_OTHERS) == set(REQUEST_FORMS)


@pytest.mark.parametrize("kind", OF_OTHERS)
def test_a_key_without_effect_is_named_in_a_warning(kind: str) -> None:
    for key, (value, _, _) in READ_BY_CRAWLERS.items():
        config = JobConfig.model_validate({**BESIDE.get((kind, key), {}), key: value})
        named = {name for name, _ in settings_without_effect(config, kind)}
        assert named == ({key} if key in OF_OTHERS[kind] else set()), key


@pytest.mark.parametrize(("kind", "key"), [pair for pair in BESIDE if pair[0]])
def test_a_key_without_the_one_it_stands_beside_is_named_in_a_warning(kind: str, key: str) -> None:
    config = JobConfig.model_validate({key: READ_BY_CRAWLERS[key][0]})
    ((name, said),) = settings_without_effect(config, kind)
    (other,) = BESIDE[kind, key]
    assert (name, said) == (key, f"`{key}` has no effect on a {kind} job without `{other}`")


def asked(kind: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """URL and params of the one target of a job."""
    request = JobRequest(kind=kind, targets=[TEXTS[kind]], config=config)
    (target,) = new_targets_from_request(request).targets
    return target.url, dict(target.params)


def argued(kind: str, arguments: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The same of the spider's target."""
    spider = SPIDERS[kind](**{TYPE_OF_NAME[kind].targets_argument: TEXTS[kind], **arguments})
    (target,) = spider.targets_from_arguments()
    return target.url, dict(target.params)


@pytest.mark.parametrize(("kind", "key"), CASES)
def test_a_key_asks_crawlers_for_what_the_argument_asks(kind: str, key: str) -> None:
    value, argument, text = READ_BY_CRAWLERS[key]
    beside = BESIDE.get((kind, key)) or BESIDE.get((None, key), {})
    spelled = dict(SPELLED[name] for name in beside)
    plain_url, plain = asked(kind, beside)
    url, params = asked(kind, {**beside, key: value})
    assert (url, params) != (plain_url, plain), "it makes a difference"
    wanted_url, wanted = argued(kind, {**spelled, argument: text})
    assert url == wanted_url
    changed = {name for name in params if params[name] != plain.get(name)}
    assert {name: params[name] for name in changed} == {name: wanted[name] for name in changed}


def test_priority_decides_who_is_fed_first(store: Store, make_feeder: MakeFeeder) -> None:
    def first_fed(priority: Priority) -> str:
        store.redis.flushdb()
        store.database["jobs"].delete_many({})
        older = store.add_job([new_target(1)])
        later = store.add_job([new_target(2)], priority=priority)
        make_feeder(window=1).step()
        (message,) = store.redis.lrange("amazon_detail:start_urls", 0, 0)
        return "later" if later.id in message else "older" if older.id in message else message

    assert first_fed(Priority.LOW) == "older"
    assert first_fed(Priority.HIGH) == "later"
