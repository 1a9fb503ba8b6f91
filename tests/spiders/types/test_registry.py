from __future__ import annotations

import pytest
from scrapy.utils.project import get_project_settings

from spiders.arguments import declared_arguments
from spiders.loader import ProjectSpiderLoader
from spiders.pages.reading import page_module
from spiders.types.bestsellers import BESTSELLERS
from spiders.types.details import DETAILS
from spiders.types.job_type import JobType
from spiders.types.offers import OFFERS
from spiders.types.page import PAGE
from spiders.types.registry import PAGE_TYPES, TYPES, columns_of_job, type_of_address
from spiders.types.search import SEARCH
from spiders.types.seller import SELLER
from spiders.types.spider import SPIDER
from spiders.types.suggestions import SUGGESTIONS


def test_types_are_listed_by_name() -> None:
    names = [one.name for one in TYPES]
    assert names == sorted(set(names))
    assert {"search", "details", "page", "spider"} <= set(names)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.amazon.com/s?k=x", SEARCH),
        ("https://www.amazon.de/-/en/s?k=x", SEARCH),
        ("https://www.amazon.com/dp/B0FIXTURE1?th=1", DETAILS),
        ("https://www.amazon.com/Slug/dp/B0FIXTURE1/ref=x", DETAILS),
        ("https://www.amazon.com/gp/bestsellers/books", BESTSELLERS),
        ("https://www.amazon.de/Best-Sellers-Books/zgbs/books/ref=x", BESTSELLERS),
        ("https://www.amazon.de/sp?ie=UTF8&seller=A2L77EE7U53NWQ", SELLER),
        ("https://www.amazon.com/suggestions?prefix=usb", SUGGESTIONS),
        ("https://www.amazon.com/gp/product/ajax/aodAjaxMain/?asin=B0FIXTURE1&pc=dp", OFFERS),
        ("https://www.amazon.com/gp/product/ajax/ref=x?asin=B0FIXTURE1&experienceId=aod", OFFERS),
        ("https://www.amazon.com/gp/aod/ajax?asin=B0FIXTURE1&pc=dp", OFFERS),
        ("https://www.amazon.com/gp/help", None),
    ],
)
def test_address_tells_the_type_of_its_page(url: str, found: JobType | None) -> None:
    assert type_of_address(url) is found


def test_no_two_types_share_a_name_a_spider_a_variable_or_an_item() -> None:
    for key in ("name", "spider", "crawlers_variable", "item"):
        values = [getattr(one, key) for one in TYPES if getattr(one, key)]
        assert len(set(values)) == len(values), key


@pytest.fixture(scope="module")
def loader() -> ProjectSpiderLoader:
    return ProjectSpiderLoader.from_settings(get_project_settings())


@pytest.mark.parametrize("one", [one for one in TYPES if one.spider], ids=lambda one: one.name)
def test_spider_of_a_type_takes_its_targets_argument(
    one: JobType, loader: ProjectSpiderLoader
) -> None:
    assert one.spider is not None
    spider = loader.load(one.spider)
    assert one.targets_argument in declared_arguments(spider)


@pytest.mark.parametrize("name", PAGE_TYPES)
def test_page_module_of_a_type_says_where_fields_of_its_item_are_read(name: str) -> None:
    (own,) = [one for one in TYPES if one.name == name]
    assert own.item is not None and own.page is not None
    found = page_module(own.page).where_fields_are_read()
    assert set(found) <= set(own.item.__dataclass_fields__)


def test_columns_of_a_job_are_those_of_its_type_or_of_its_spider() -> None:
    assert columns_of_job("search", "amazon_search", {}) == SEARCH.columns_of_job({})
    assert columns_of_job("spider", "amazon_detail", {"arguments": {}}) == DETAILS.columns_of_job(
        {}
    )
    assert columns_of_job("spider", "mine", {"arguments": {}}) is None
    assert columns_of_job("spider", "site", {"arguments": {"selectors": "{}"}}) is None
    by_selectors = columns_of_job("page", "site", {"selectors": {"a.b": "h1"}})
    assert by_selectors is not None and ("data", "a.b") in by_selectors
    assert SPIDER.columns_of_row({"a": 1}) is None
    assert PAGE.columns is None
