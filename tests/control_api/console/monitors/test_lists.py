"""Pages of monitors of keywords and of offers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person
from tests.control_api.console.seeded import HOSTILE
from tests.control_api.monitors.following_lists import ListShop
from tests.control_api.monitors.keyword_pages import KEYWORD, asin, found
from tests.control_api.monitors.offer_pages import A, B, offers
from tests.stores import Store


@pytest.fixture
def make_list(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> Any:
    def make(text: str, **more: Any) -> ListShop:
        store = Store(config, database, redis_client)
        return ListShop(person.tenant, settlement, store, text=text, value=text, **more)

    return make


def test_a_monitor_of_keywords_is_made_of_lines(person: Person) -> None:
    project = person.tenant.make_project()
    form = {
        "project": project, "name": "Hubs", "type": "search", "marketplace": "US", "cron": "",
        "asins": "b0000000a0 B0000000B0", "values": "usb hub\nhttps://www.amazon.com/s?k=hub&page=2",
    }  # fmt: skip
    answer = person.post("/monitors/new", data=form)
    assert "1 keyword added" in answer.text and "a later page" in answer.text
    (made,) = person.tenant.get(f"/projects/{project}/monitors").json["data"]
    assert (made["type"], made["asins"]) == ("search", ["B0000000A0", "B0000000B0"])
    assert "No keywords yet" not in answer.text and "<h2>Keywords" in answer.text
    assert "search" in person.get("/monitors").text


@pytest.mark.parametrize("change", [{"type": "seller"}, {"asins": "kettle"}])
def test_what_cannot_be_is_refused_above_the_form(person: Person, change: Any) -> None:
    form = {"name": "a", "values": "usb hub", "type": "search", **change}
    answer = person.post("/monitors/new", data=form)
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert "usb hub" in answer.text


def test_the_form_is_filled_from_a_job_of_its_type(person: Person) -> None:
    job = person.tenant.make_job(type="search", targets=["usb hub"])["id"]
    assert '<option value="search" selected>' in person.get(f"/monitors/new?job={job}").text


def test_the_course_is_that_of_who_stands_first_and_not_of_an_advertisement(
    person: Person, make_list: Any
) -> None:
    shop = make_list(KEYWORD, type="search", topN=3)
    for text in ("*eabc", "*eabc"):
        shop.see(found(text))
    page = person.get(f"/watches/{shop.key}").text
    assert asin("e") in page and f"The place of <bdi>{asin('e')}" not in page


def test_a_keyword_has_its_list_and_the_course_of_a_place(person: Person, make_list: Any) -> None:
    shop = make_list(KEYWORD, type="search", topN=3, asins=[asin("c")], minMove=1)
    empty = person.get(f"/watches/{shop.key}").text
    assert "Nothing is known yet" in empty and 'class="price"' not in empty
    for text in ("*eabcd", "cabd", "cabd"):
        shop.see(found(text))
    page = person.get(f"/watches/{shop.key}").text
    assert f"<h1><bdi>{KEYWORD}</bdi></h1>" in page
    assert f"The place of <bdi>{asin('c')}</bdi>" in page and "best 1, worst 3" in page
    rows = re.findall(r'<td class="n">(.*?)</td><td><a href="\?item=(\w+)"', page)
    assert rows == [("1", asin("c")), ("2", asin("a")), ("3", asin("b")), ("4", asin("d"))]
    assert page.count(">own<") == 1
    other = person.get(f"/watches/{shop.key}?item={asin('e')}").text
    assert "The place of" not in other
    monitor = person.get(f"/monitors/{shop.monitor}").text
    assert f"moved · <bdi>{asin('c')}</bdi>" in person.get(f"/changes?project={shop.project}").text
    assert "Anker" in monitor and "First on it" in monitor


def test_who_sells_a_product_has_no_places(person: Person, make_list: Any) -> None:
    shop = make_list("B08N5WRWNW", type="offers")
    hostile = {**B, "seller": {"id": "BBB", "name": HOSTILE[0], "isAmazon": None}}
    for seen in (offers(A, hostile), offers(A), offers(A)):
        shop.see(seen)
    page = person.get(f"/watches/{shop.key}").text
    assert "AAA. &amp; Co" in page and "20 USD" in page and "?item=" not in page
    changes = person.get(f"/changes?project={shop.project}").text
    assert "left · <bdi>BBB</bdi>" in changes and "not there" in changes
    assert HOSTILE[0] not in changes
