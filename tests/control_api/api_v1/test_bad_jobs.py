"""Promises A3 and H3 for page jobs: refused with the place named, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from pymongo.database import Database

from control_api.app import create_app
from control_api.wiring.api import build_parts
from settings.config import Config, load_config
from spiders.sites.addresses import refusal_text
from tests.control_api.api_v1.conftest import URL, V1User, refused

GOOD: dict[str, Any] = {"url": URL, "selectors": {"title": "h1::text"}}

BAD = [
    ({"url": URL}, "selectors should not be empty"),
    ({"selectors": {"a": "b"}}, "url should not be empty"),
    ({**GOOD, "selectors": {}}, "selectors must contain at least 1 elements"),
    ({**GOOD, "selectors": []}, "selectors must be an object"),
    ({**GOOD, "selectors": {"a": 7}}, "selectors.a must be a string"),
    ({**GOOD, "selectors": {f"n{i}": "b" for i in range(101)}}, "selectors must contain no more than 100 elements"),
    ({**GOOD, "selectors": {"price": "span["}}, "selectors.price 'span[' is no CSS selector: Expected ident or '*', got <EOF at 5>"),
    ({**GOOD, "selectors": {"price": "span::nothing"}}, "selectors.price 'span::nothing' is no CSS selector: The pseudo-element ::nothing is unknown"),
    ({**GOOD, "selectors": {"price": "b" * 1_001}}, "selectors.price must be shorter than or equal to 1000 characters"),
    ({**GOOD, "selectors": {"$where": "b"}}, "selectors.$where.[key] must not begin with $, nor hold control characters"),
    ({**GOOD, "engine": "firefox"}, "engine must be one of the following values: 'auto', 'scrapy' or 'playwright'"),
    ({**GOOD, "priority": "urgent"}, "priority must be one of the following values: 'low', 'normal' or 'high'"),
    ({**GOOD, "status": "completed"}, "property status should not exist"),
    ({**GOOD, "config": {"maxPages": 2}}, "property config.maxPages should not exist; did you mean `config.max_pages`?"),
    ({**GOOD, "config": {"max_pages": 10_001}}, "config.max_pages must not be greater than 10000"),
    ({**GOOD, "config": {"max_pages": 0}}, "config.max_pages must not be less than 1"),
    ({**GOOD, "config": {"max_pages": "3"}}, "config.max_pages must be an integer number"),
    ({**GOOD, "config": {"follow_links": 1}}, "config.follow_links must be a boolean value"),
    ({**GOOD, "config": {"max_depth": -1}}, "config.max_depth must not be less than 0"),
    ({**GOOD, "config": {"delay": 61}}, "config.delay must not be greater than 60.0"),
    ({**GOOD, "config": {"allowed_domains": []}}, "config.allowed_domains must contain at least 1 elements"),
    ({**GOOD, "config": {"item_selector": "li::text"}}, "config.item_selector must select elements, without ::text or ::attr()"),
    ({**GOOD, "config": {"next_page_selector": "a["}}, "config.next_page_selector 'a[' is no CSS selector: Expected ident or '*', got <EOF at 2>"),
    ({}, "Missing spider_id or spider_name"),
    ({"engine": "auto"}, "Missing spider_id or spider_name"),
    ({**GOOD, "spider_name": "quotes"}, "body must name a url, or a spider, not both"),
]  # fmt: skip

BAD_URLS = [
    ("example.com/products", "url must be an absolute http or https URL"),
    ("ftp://example.com/", "url must be an absolute http or https URL"),
    ("file:///etc/passwd", "url must be an absolute http or https URL"),
    ("http://", "url must be an absolute http or https URL"),
    ("http://exa mple.com/", "url must not hold spaces or control characters"),
    ("http://example.com/\n", "url must not hold spaces or control characters"),
    ("http://me:secret@example.com/", "url must not hold a user name or password"),
    ("http://example.com\\@127.0.0.1/", "url must be an absolute http or https URL"),
    ("http://example.com:99999/", "url must be an absolute http or https URL"),
    ("http://127.0.0.1/", "url " + refusal_text("loopback")),
    ("http://localhost:8080/", "url " + refusal_text("loopback")),
    ("http://printer.localhost./", "url " + refusal_text("loopback")),
    ("http://2130706433/", "url " + refusal_text("loopback")),
    ("http://0x7f.1/", "url " + refusal_text("loopback")),
    ("http://0177.0.0.1/", "url " + refusal_text("loopback")),
    ("http://169.254.169.254/latest/meta-data/", "url " + refusal_text("link-local")),
    ("http://10.0.0.8/", "url " + refusal_text("private")),
    ("http://100.64.0.1/", "url " + refusal_text("shared (CGNAT)")),
    ("http://[::1]/", "url " + refusal_text("loopback")),
    ("http://[::ffff:127.0.0.1]/", "url " + refusal_text("IPv4-mapped")),
    ("http://[64:ff9b::7f00:1]/", "url " + refusal_text("NAT64")),
    ("http://[fd00::1]/", "url " + refusal_text("private")),
]


@pytest.fixture
def nothing_written(user: V1User, database: Database) -> Iterator[None]:
    yield
    for name in ("jobs", "targets", "projects", "usage"):
        assert database[name].count_documents({}) == 0, name


@pytest.mark.usefixtures("nothing_written")
def test_a_wrong_job_is_refused_with_the_place_named(user: V1User) -> None:
    for body, message in BAD:
        assert refused(user.post("/jobs", body)) == message


@pytest.mark.usefixtures("nothing_written")
def test_a_url_that_is_never_asked_for_is_refused(user: V1User) -> None:
    for url, message in BAD_URLS:
        assert refused(user.post("/jobs", {**GOOD, "url": url})) == message, url
    answer = user.post("/jobs", {**GOOD, "url": f"https://example.com/{'x' * 2_000}"})
    assert refused(answer) == "url must be shorter than or equal to 2000 characters"


@pytest.mark.usefixtures("nothing_written")
def test_selectors_that_exhaust_the_parser_are_refused(user: V1User) -> None:
    for css in ("a " * 499 + "b", "a" + ">b" * 499):
        answer = user.post("/jobs", {**GOOD, "selectors": {"x": css}})
        assert refused(answer).endswith("has too many steps")


@pytest.mark.usefixtures("nothing_written")
def test_an_unknown_spider_is_a_404(user: V1User) -> None:
    for body in ({"spider_name": "no-such"}, {"spider_id": "x", "arguments": {"a": 1}}):
        assert refused(user.post("/jobs", body), 404, None) == "Spider not found"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "HTTP://EXAMPLE.COM:8080/a?b=c#d",
        "https://bücher.example/größe",
        "http://93.184.216.34/",
        "http://[2606:2800:220:1::1]/",
    ],
)
def test_public_urls_are_taken_as_they_stand(user: V1User, url: str) -> None:
    assert user.post("/jobs", {**GOOD, "url": url}).json["url"] == url


def test_the_operator_may_allow_networks(config: Config, user: V1User) -> None:
    """The operator's allow-list is `ALLOWED_NETWORKS` (comma-separated CIDRs)."""
    allowed = load_config({"ALLOWED_NETWORKS": "127.0.0.0/8,10.1.0.0/16"}).allowed_networks
    parts = build_parts(replace(config, allowed_networks=allowed))
    app: OpenAPI = create_app(config, parts)
    caller = V1User(app.test_client(), user.name, user.token)
    statuses = {
        host: caller.post("/jobs", {**GOOD, "url": f"http://{host}/"}).status_code
        for host in ("127.0.0.1", "localhost", "10.1.2.3", "10.2.0.1", "169.254.169.254")
    }
    parts.close()
    assert statuses == {
        "127.0.0.1": 201,
        "localhost": 201,
        "10.1.2.3": 201,
        "10.2.0.1": 400,
        "169.254.169.254": 400,
    }
