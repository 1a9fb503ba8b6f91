"""Pages of monitors and of their products: what they say is what the API's routes answer."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from pymongo.database import Database
from redis import Redis

from settings.config import Config
from storage.base.clock import utc_now
from storage.jobs.settlement import Settlement
from tests.control_api.console.conftest import Person, heading, sign_in
from tests.control_api.console.seeded import HOSTILE
from tests.control_api.monitors.shop import ASINS, Shop, page, two
from tests.stores import Store


@pytest.fixture
def shop(
    person: Person, settlement: Settlement, config: Config, database: Database, redis_client: Redis
) -> Shop:
    made = Shop(person.tenant, settlement, Store(config, database, redis_client))
    made.add(*ASINS[:2])
    return made


def test_a_monitor_is_made_of_lines_and_says_which_it_refused(person: Person) -> None:
    project = person.tenant.make_project()
    form = {
        "project": project, "name": "Earbuds", "marketplace": "US", "cron": "0 6 * * *",
        "timezone": "Europe/Berlin", "values": f"{ASINS[0]}\n\nnot an asin\n{ASINS[1]}",
    }  # fmt: skip
    answer = person.post("/monitors/new", data=form)
    assert (
        answer.status_code == 200 and "line 3:" in answer.text and "2 products added" in answer.text
    )
    (made,) = person.tenant.get(f"/projects/{project}/monitors").json["data"]
    assert (made["name"], made["cron"], made["timezone"]) == (
        "Earbuds",
        "0 6 * * *",
        "Europe/Berlin",
    )
    assert made["watchCount"] == 2
    assert "Earbuds" in person.get("/monitors").text
    more = person.post(f"/monitors/{made['id']}/watches", data={"values": ASINS[2]})
    assert more.headers["Location"] == f"/console/monitors/{made['id']}"
    assert ASINS[2] in person.get(f"/monitors/{made['id']}").text


@pytest.mark.parametrize("change", [{"name": ""}, {"cron": "odd"}, {"marketplace": "XX"}])
def test_a_monitor_that_cannot_be_is_refused_above_its_form(
    person: Person, database: Database, change: dict[str, str]
) -> None:
    answer = person.post("/monitors/new", data={"name": "a", "values": ASINS[0], **change})
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert ASINS[0] in answer.text
    assert database["monitors"].count_documents({}) == 0


def test_more_products_than_a_monitor_can_have_are_refused_and_not_cut_off(
    person: Person, shop: Shop, database: Database
) -> None:
    values = "\n".join(f"B0{number:08}" for number in range(10_001))
    for path in ("/monitors/new", f"/monitors/{shop.monitor}/watches"):
        answer = person.post(path, data={"name": "a", "values": values})
        assert answer.status_code == 400 and "these are 10,001" in answer.text, path
    assert (
        database["monitors"].count_documents({}),
        database["watches"].count_documents({}),
    ) == (1, 2)


def test_a_monitor_of_a_jobs_products(person: Person) -> None:
    job = person.tenant.make_job(type="details", targets=ASINS[:2])["id"]
    filled = person.get(f"/monitors/new?job={job}").text
    assert f"{ASINS[0]}\n{ASINS[1]}</textarea>" in filled


def test_rounds_changes_and_prices(person: Person, shop: Shop) -> None:
    empty = person.get(f"/watches/{shop.monitor}:{ASINS[0]}").text
    assert "Nothing is known yet" in empty and '<svg class="price"' not in empty
    shop.round(two(page(), page()))
    shop.round(two(page("18.99"), page()))
    monitor = person.get(f"/monitors/{shop.monitor}").text
    latest = monitor.partition("Changes of the last round")[2].partition("</table>")[0]
    assert "24.99 USD" in latest and "18.99 USD" in latest and "-24.0 %" in latest
    assert monitor.count("/console/jobs/") >= 2, "the rounds' jobs"
    feed = person.get(f"/changes?project={shop.project}").text
    assert feed.count("<tr><td><time") == len(shop.changes()["data"])
    product = person.get(f"/watches/{shop.monitor}:{ASINS[0]}").text
    assert re.search(r'<div class="figure">18.99 USD</div>', product)
    assert "2 of 2" in product and "the lowest in" in product
    assert "in stock" in product and "in_stock" not in product
    assert "2 seen" in monitor, "looks of a round, in words"


def test_of_a_product_that_is_new_today_no_days_are_counted(person: Person, shop: Shop) -> None:
    shop.begin = utc_now() - timedelta(hours=2)
    shop.pause = timedelta(hours=1)
    for price in ("24.99", "18.99"):
        shop.round(two(page(price), page()))
    product = person.get(f"/watches/{shop.monitor}:{ASINS[0]}").text
    assert "the lowest today" in product and "in 0 days" not in product


def test_a_price_is_drawn_in_steps_and_never_where_nobody_looked(
    person: Person, shop: Shop
) -> None:
    for price in ("24.99", "24.99", "18.99", "21.50", "21.50"):
        shop.round(two(page(price), page()))
    shop.rounds += 200
    shop.round(two(page("21.50"), page()))
    told = person.tenant.get(f"/watches/{shop.monitor}:{ASINS[0]}/history?fields=price").json
    product = person.get(f"/watches/{shop.monitor}:{ASINS[0]}").text
    chart = product.partition('<svg class="price"')[2].partition("</svg>")[0]
    lines = [
        tuple(map(float, one))
        for one in re.findall(r'x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', chart)
    ]
    assert lines and all(x1 == x2 or y1 == y2 for x1, y1, x2, y2 in lines), (
        "level or upright, never smooth"
    )
    unseen = [
        tuple(map(float, one))
        for one in re.findall(r'class="unseen"[^>]* x="([\d.]+)" y="0" width="([\d.]+)"', chart)
    ]
    assert len(unseen) == len(told["data"]["price"]["unknown"]) > 0
    for x, width in unseen:
        inside = [one for one in lines if one[0] > x + 4 and one[2] < x + width - 4]
        assert inside == [], "no line where nobody looked"
    table = product.partition("As a table")[2].partition("</table>")[0]
    values = re.findall(r'<td class="n">([\d.]+) USD</td>', table)
    steps = [f"{value:.2f}" for _, value in told["data"]["price"]["steps"]]
    assert list(dict.fromkeys(values)) == list(dict.fromkeys(steps))


def test_a_round_by_hand_switching_and_deleting(person: Person, shop: Shop) -> None:
    path = f"/monitors/{shop.monitor}"
    job = person.post(f"{path}/round").headers["Location"].removeprefix("/console")
    assert person.tenant.get(job).json["data"]["counts"]["total"] == 2
    person.post(f"{path}/enabled", data={"enabled": "0"})
    assert person.tenant.get(path).json["data"]["enabled"] is False
    watch = f"/watches/{shop.monitor}:{ASINS[0]}"
    assert person.post(f"{watch}/delete").headers["Location"] == f"/console{path}"
    assert person.get(watch).status_code == 404
    person.post(f"{path}/delete")
    assert person.get(path).status_code == 404


def test_texts_of_a_store_stay_texts(person: Person, shop: Shop) -> None:
    shop.round(two(page(title=HOSTILE[0], brand=HOSTILE[1]), page()))
    for path in (f"/monitors/{shop.monitor}", f"/watches/{shop.monitor}:{ASINS[0]}", "/changes"):
        text = person.get(path).text
        assert HOSTILE[0] not in text and HOSTILE[1] not in text
    assert HOSTILE[0] in unescape(person.get(f"/watches/{shop.monitor}:{ASINS[0]}").text)


@pytest.mark.parametrize(
    ("form", "condition"),
    [
        ({"preset": "at_most", "number": "19.99"}, {"field": "price", "is": "at_most", "value": 19.99}),
        ({"preset": "dropped", "number": "10"}, {"field": "price", "is": "dropped", "percent": 10}),
        ({"preset": "out"}, {"field": "availability", "is": "became", "value": "out_of_stock"}),
        ({"preset": "back"}, {"field": "availability", "is": "became", "value": "in_stock"}),
        ({"preset": "seller"}, {"field": "seller", "is": "changed"}),
        ({"preset": "gone"}, {"is": "gone"}),
        ({"preset": "own", "when": '{"field": "rating", "is": "below", "value": 4}'}, {"field": "rating", "is": "below", "value": 4}),
    ],
)  # fmt: skip
def test_each_condition_that_can_be_chosen_is_one_of_the_apis(
    person: Person, shop: Shop, form: dict[str, str], condition: dict[str, object]
) -> None:
    path = f"/monitors/{shop.monitor}/alerts"
    answer = person.post(path, data={"name": HOSTILE[0], **form})
    assert answer.headers["Location"] == f"/console{path}"
    (made,) = person.tenant.get(path).json["data"]
    assert made["when"] == condition
    page = person.get(path).text
    assert HOSTILE[0] not in page and HOSTILE[0] in unescape(page)


@pytest.mark.parametrize(
    "form",
    [{"preset": "odd"}, {"preset": "at_most"}, {"preset": "own", "when": "{"}, {"preset": "own", "when": "[]"},
     {"preset": "own", "when": '{"is": "odd"}'}, {"preset": "at_most", "number": "-1"}],
)  # fmt: skip
def test_a_condition_that_is_none_is_refused(
    person: Person, shop: Shop, form: dict[str, str]
) -> None:
    path = f"/monitors/{shop.monitor}/alerts"
    assert person.post(path, data={"name": "a", **form}).status_code == 400
    assert person.tenant.get(path).json["data"] == []


def test_an_alert_fires_is_switched_and_deleted(
    person: Person, shop: Shop, app: Flask, make_tenant
) -> None:
    path = f"/monitors/{shop.monitor}/alerts"
    person.post(path, data={"name": "cheap", "preset": "at_most", "number": "19.99"})
    shop.round(two(page(), page()))
    assert "Has not fired yet" in person.get(path).text
    shop.round(two(page("15.00"), page()))
    fired = person.get(path).text
    assert "Has not fired yet" not in fired and f"%3A{ASINS[0]}" in fired
    assert "when <bdi>the price is at most 19.99</bdi>" in fired
    assert "<bdi>price 24.99 USD → 15 USD (-40.0 %)</bdi>" in fired
    (alert,) = person.tenant.get(path).json["data"]
    stranger = sign_in(app, make_tenant("unlimited"))
    assert stranger.get(path).status_code == 404
    for action in ("enabled", "delete"):
        refused = stranger.post(f"{path}/{action}", data={"alert": alert["id"]})
        assert refused.status_code == 404
    person.post(f"{path}/enabled", data={"alert": alert["id"], "enabled": "0"})
    assert person.tenant.get(f"/alerts/{alert['id']}").json["data"]["enabled"] is False
    person.post(f"{path}/delete", data={"alert": alert["id"]})
    assert person.tenant.get(path).json["data"] == []


def test_another_organizations_monitors_are_not_there(
    person: Person, shop: Shop, app: Flask, make_tenant
) -> None:
    stranger = sign_in(app, make_tenant("unlimited"))
    watch = f"/watches/{shop.monitor}:{ASINS[0]}"
    for path in (f"/monitors/{shop.monitor}", watch, f"/changes?project={shop.project}"):
        answer = stranger.get(path)
        assert (answer.status_code, heading(answer)) == (404, "Not found"), path
    for path in ("round", "enabled", "delete", "watches"):
        data = {"values": ASINS[2]}
        assert stranger.post(f"/monitors/{shop.monitor}/{path}", data=data).status_code == 404
    assert stranger.post(f"{watch}/delete").status_code == 404
    form = {"project": shop.project, "name": "mine", "values": ASINS[0]}
    assert stranger.post("/monitors/new", data=form).status_code == 404
    assert shop.watches()["meta"]["total"] == 2


def test_chosen_watches_are_paused_tagged_and_removed(person: Person, shop: Shop) -> None:
    keys = [f"{shop.monitor}:{asin}" for asin in ASINS[:2]]
    page = person.get(f"/monitors/{shop.monitor}").text
    assert all(f'name="watch" value="{key}" form="chosen"' in page for key in keys)

    def do(deed: str, watches: list[str], **more: str) -> int:
        form = {"do": deed, "watch": watches, **more}
        return person.post(f"/monitors/{shop.monitor}/watches/chosen", data=form).status_code

    def told() -> list[tuple[bool, list[str]]]:
        found = person.tenant.get(f"/monitors/{shop.monitor}/watches").json["data"]
        return [(one["enabled"], one["tags"]) for one in found]

    assert do("tag", keys, tag="shelf 3") == 303
    assert do("tag", keys[:1], tag="<b>") == 303
    assert do("pause", keys[1:]) == 303
    assert told() == [(True, ["shelf 3", "<b>"]), (False, ["shelf 3"])]
    page = person.get(f"/monitors/{shop.monitor}").text
    assert "paused</span>" in page and "&lt;b&gt;" in page
    assert do("resume", keys) == do("untag", keys, tag="shelf 3") == 303
    assert told() == [(True, ["<b>"]), (True, [])]
    assert do("tag", keys, tag="a" * 51) == 200, "a page that says that each refused it"
    assert told() == [(True, ["<b>"]), (True, [])]
    assert do("remove", keys[:1]) == 303
    assert len(told()) == 1
    refused = person.post(
        f"/monitors/{shop.monitor}/watches/chosen", data={"do": "remove", "watch": keys}
    )
    assert heading(refused) == "Not done to all" and "It was done to 1" in refused.text
    assert do("tag", keys, tag=" ") == do("odd", keys) == do("pause", []) == 400


def test_changes_name_the_product_beside_its_asin(person: Person, shop: Shop) -> None:
    for price in ("24.99", "18.99"):
        shop.round(two(page(price), page()))
    project = person.tenant.get(f"/monitors/{shop.monitor}").json["data"]["projectId"]
    for path in (f"/changes?project={project}", f"/monitors/{shop.monitor}"):
        found = person.get(path).text
        assert f'<bdi>{ASINS[0]}</bdi></a> <span class="quiet" title="A kettle">' in found, path
    own = {"label": "<b>my kettle"}
    person.tenant.patch(f"/watches/{shop.monitor}:{ASINS[0]}", json=own)
    found = person.get(f"/changes?project={project}").text
    assert "<bdi>&lt;b&gt;my kettle</bdi>" in found


def test_alerts_of_all_monitors_tell_when_they_fired_last(
    person: Person, shop: Shop, app: Flask, make_tenant
) -> None:
    assert "No alerts yet" in person.get("/alerts").text
    path = f"/monitors/{shop.monitor}/alerts"
    person.post(path, data={"name": HOSTILE[0], "preset": "at_most", "number": "19.99"})
    person.post(path, data={"name": "gone", "preset": "gone"})
    for price in ("24.99", "15.00"):
        shop.round(two(page(price), page()))
    found = person.get("/alerts").text
    rows = found.partition("<tbody>")[2].split("</tr>")
    gone, cheap = rows[:2]
    assert "never</span>" in gone and "<bdi>gone</bdi>" in gone
    assert "the price is at most 19.99" in cheap and "price 24.99 USD → 15 USD" in cheap
    assert f"%3A{ASINS[0]}" in cheap and "Earbuds" in cheap
    assert HOSTILE[0] not in found and HOSTILE[0] in unescape(found)
    assert "No alerts yet" in sign_in(app, make_tenant("unlimited")).get("/alerts").text
