from __future__ import annotations

import inspect
import ipaddress
import re
from pathlib import Path

import pytest

from settings import config as config_module
from settings.config import Config, ConfigError, ScrapydNode, load_config
from spiders.types.registry import TYPE_OF_SPIDER

README = Path(__file__).resolve().parents[2] / "README.md"

# A value that each variable refuses, and a word of the reason that its message gives.
REFUSED = {
    "CONSOLE": ("perhaps", "neither true nor false"),
    "CONSOLE_INSECURE_COOKIE": ("perhaps", "neither true nor false"),
    "IMAGES": ("perhaps", "neither true nor false"),
    "IMAGE_CACHE_BYTES": ("0", "above 0"),
    "MONGODB_URI": ("http://127.0.0.1", "mongodb://"),
    "MONGODB_DATABASE": ("a/b", "letters, digits"),
    "REDIS_URL": ("127.0.0.1:6379", "redis://"),
    "SCRAPYD_NODES": ("127.0.0.1:6800", "http://user:password@host:6800"),
    "SANDBOX_URL": ("127.0.0.1:8000", "http(s) URL"),
    "AMAZON_ORIGIN": ("http://127.0.0.1/path", "end after the host and port"),
    "PUBLIC_URL": ("ftp://example.com", "http(s) URL"),
    "SIGN_UP_URL": ("/register", "http(s) URL"),
    "OBEY_ROBOTS": ("maybe", "neither true nor false"),
    "CRAWLER_CONCURRENCY": ("0", "above 0"),
    "SEARCH_CRAWLERS": ("-1", "below 0"),
    "DETAIL_CRAWLERS": ("two", "two"),
    "SITE_CRAWLERS": ("-2", "below 0"),
    "BESTSELLERS_CRAWLERS": ("-1", "below 0"),
    "OFFERS_CRAWLERS": ("-1", "below 0"),
    "SELLER_CRAWLERS": ("-1", "below 0"),
    "SUGGESTIONS_CRAWLERS": ("-1", "below 0"),
    "SITE_REQUESTS_PER_HOST": ("0", "above 0"),
    "PAGE_READERS": ("0", "above 0"),
    "PAGE_CPU_SECONDS": ("0", "positive"),
    "PAGE_MEMORY_MB": ("0", "above 0"),
    "MAX_HEADER_LINE_BYTES": ("0", "above 0"),
    "MAX_HEADER_BYTES": ("0", "above 0"),
    "MIN_BYTES_PER_SECOND": ("-1", "below 0"),
    "COOKIES": ("all", "none of chain, job"),
    "VERIFY_CERTIFICATES": ("maybe", "neither true nor false"),
    "SPIDER_SLOTS": ("-1", "below 0"),
    "VERSION_LABEL": ("a/b", "letters, digits"),
    "LOGIN_FAILURES_PER_ACCOUNT": ("0", "above 0"),
    "LOGIN_FAILURES_PER_ADDRESS": ("0", "above 0"),
    "REGISTRATIONS_PER_ADDRESS": ("0", "above 0"),
    "API_V1_RATE_LIMIT": ("0", "above 0"),
    "CORS_ORIGINS": ("https://a.example, b.example", "'b.example' is not an http(s) URL"),
    "API_THREADS": ("0", "above 0"),
    "API_WAITERS": ("0", "above 0"),
    "TRUSTED_PROXIES": ("-1", "below 0"),
    "NODE_NAME": ("a b", "letters, digits"),
    "LEASE_SECONDS": ("-3", "positive"),
    "HEARTBEAT_SECONDS": ("nan", "positive"),
    "STOP_GRACE_SECONDS": ("-1", "positive"),
    "COMMIT_INTERVAL_SECONDS": ("0", "positive"),
    "PAGE_ATTEMPTS": ("1.5", "1.5"),
    "RETRY_DELAY_SECONDS": ("soon", "soon"),
    "PROXY_BAN_SECONDS": ("soon", "soon"),
    "REQUEST_TIMEOUT_SECONDS": ("inf", "positive"),
    "MARKETPLACE_REQUESTS_PER_MINUTE": ("0", "above 0"),
    "VISITORS": ("never", "none of asked, always"),
    "AMAZON_ENGINE": ("chrome", "http, auto, browser"),
    "DELIVER_TO": ("10001", "US=10001"),
    "VISITOR_MAX_PAGES": ("0", "above 0"),
    "VISITOR_MAX_AGE_SECONDS": ("0", "positive"),
    "VISITOR_EXITS": ("0", "above 0"),
    "FEED_WINDOW": ("-1", "above 0"),
    "RECONCILE_SECONDS": ("0", "positive"),
    "DEFAULT_PLAN": ("gold", "free, unlimited"),
    "ALLOWED_NETWORKS": ("10.0.0.0/33", "10.0.0.0/33"),
    "MAX_BODY_BYTES": ("-5", "above 0"),
    "RETENTION_DAYS": ("-1", "below 0"),
    "HISTORY_DAYS": ("-1", "below 0"),
    "KEEP_PAGES": ("some", "none of off, failed, all"),
    "KEEP_PAGES_DAYS": ("0", "above 0"),
    "KEEP_PAGES_MB": ("0", "above 0"),
    "LOG_LEVEL": ("LOUD", "DEBUG, INFO"),
}
# The variables of the pools.
OF_TYPES = {one.crawlers_variable for one in TYPE_OF_SPIDER.values()}
# Any text will do for these.
FREE = {
    "EXTRA_SPIDER_MODULES",
    "BROWSER_PATH",
    "WORKER_ALIVE_FILE",
    "PROMETHEUS_MULTIPROC_DIR",
    "JWT_SECRET",
    "OPERATOR_TOKEN",
    "USER_AGENT",
}


def test_the_table_of_wrong_values_knows_every_variable() -> None:
    source = inspect.getsource(config_module.load_config)
    named = set(re.findall(r'read\(\s*"([A-Z0-9_]+)"', source))
    assert named | OF_TYPES == set(REFUSED) | FREE


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_value_is_refused_with_the_variables_name_and_the_reason(name: str) -> None:
    value, reason = REFUSED[name]
    with pytest.raises(ConfigError) as error:
        load_config({name: value})
    assert str(error.value).startswith(name)
    assert reason in str(error.value)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load_config({}) == Config()


@pytest.mark.parametrize("name", REFUSED)
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert load_config({name: "  "}) == Config()


@pytest.mark.parametrize(
    ("text", "value"),
    [("True", True), ("1", True), ("on", True), ("False", False), ("0", False), ("no", False)],
)
def test_a_switch_says_what_its_word_says(text: str, value: bool) -> None:
    assert load_config({"OBEY_ROBOTS": text}).obey_robots is value


def test_case_does_not_matter_in_a_word_of_several() -> None:
    config = load_config({"LOG_LEVEL": "warning", "VISITORS": "Always"})
    assert (config.log_level, config.visitors) == ("WARNING", "always")


def test_there_is_no_default_secret() -> None:
    config = load_config({})
    assert config.jwt_secret == ""
    assert config.operator_token == ""
    with pytest.raises(ConfigError, match="JWT_SECRET is not set"):
        config.require_jwt_secret()


@pytest.mark.parametrize("secret", ["short-but-random-9x2k", "changeme", "a" * 64, "abcabc" * 10])
def test_a_weak_secret_stops_the_start(secret: str) -> None:
    with pytest.raises(ConfigError, match="JWT_SECRET is too weak") as error:
        load_config({"JWT_SECRET": secret}).require_jwt_secret()
    assert secret not in str(error.value)


def test_a_long_random_secret_is_taken_as_it_is() -> None:
    secret = "9f86d081884c7d659a2feaa0c55ad015"
    assert load_config({"JWT_SECRET": secret}).require_jwt_secret() == secret


def test_a_lease_must_outlive_two_heartbeats() -> None:
    with pytest.raises(ConfigError, match=r"LEASE_SECONDS is 9.*HEARTBEAT_SECONDS"):
        load_config({"LEASE_SECONDS": "9", "HEARTBEAT_SECONDS": "5"})
    assert load_config({"LEASE_SECONDS": "10", "HEARTBEAT_SECONDS": "5"}).lease_seconds == 10


def test_nodes_keep_their_credentials_beside_their_url() -> None:
    config = load_config({"SCRAPYD_NODES": "http://me:pass@10.0.0.1:6800, https://crawl.example:1"})
    assert config.scrapyd_nodes == (
        ScrapydNode("http://10.0.0.1:6800", "me", "pass"),
        ScrapydNode("https://crawl.example:1"),
    )
    assert [node.name for node in config.scrapyd_nodes] == ["10.0.0.1:6800", "crawl.example:1"]


def test_no_secret_is_in_the_printed_config() -> None:
    secrets = ["mongo-pass", "redis-pass", "node-pass", "node-user", "jwt-word", "operator-word"]
    config = load_config(
        {
            "MONGODB_URI": "mongodb://u:mongo-pass@127.0.0.1/",
            "REDIS_URL": "redis://:redis-pass@127.0.0.1/0",
            "SCRAPYD_NODES": "http://node-user:node-pass@127.0.0.1:6800",
            "JWT_SECRET": "jwt-word",
            "OPERATOR_TOKEN": "operator-word",
        }
    )
    for text in (repr(config), str(config), repr(config.scrapyd_nodes)):
        assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("name", ["MONGODB_URI", "REDIS_URL", "SCRAPYD_NODES"])
def test_the_message_about_a_wrong_address_does_not_repeat_its_password(name: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config({name: "amqp://user:hidden-word@127.0.0.1"})
    assert "hidden-word" not in str(error.value)


def test_networks_are_read_as_networks() -> None:
    config = load_config({"ALLOWED_NETWORKS": "10.0.0.0/8, fd00::/8"})
    assert config.allowed_networks == (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("fd00::/8"),
    )


def test_origins_lose_their_closing_slash() -> None:
    assert load_config({"SANDBOX_URL": "http://127.0.0.1:81/"}).sandbox_url == "http://127.0.0.1:81"


# What the README's table says in words of a default, and what is read from the environment for it.
DEFAULTS_IN_WORDS = {
    ("MONGODB_URI", "local"): "mongodb://127.0.0.1:27017/?directConnection=true",
    ("REDIS_URL", "local"): "redis://127.0.0.1:6379/0",
    ("PUBLIC_URL", "the request's host"): "",
    ("SIGN_UP_URL", "the API's docs"): "",
    ("USER_AGENT", "azscraper"): "azscraper/0.1 (+https://github.com/azscraper/azscraper)",
    ("VERSION_LABEL", "the parsers' version"): "",
    ("MAX_BODY_BYTES", "4 MiB"): str(4 * 1024 * 1024),
    ("IMAGE_CACHE_BYTES", "64 MiB"): str(64 * 1024 * 1024),
    ("RETENTION_DAYS", "0 (off)"): "0",
    ("HISTORY_DAYS", "0 (off)"): "0",
}
NO_DEFAULT = ("–", "none")


# Of a variable whose field has another name.
FIELDS = {"PROMETHEUS_MULTIPROC_DIR": "metrics_folder"}


def settings_table() -> list[tuple[list[str], list[str]]]:
    """The names of each line of the README's table, and their defaults."""
    text = README.read_text()
    table = text[text.index("\n## Settings") : text.index("\n## Amazon's terms")]
    lines = re.findall(r"^\|([^|]*`[^|]*)\|([^|]*)\|", table, re.M)
    return [
        (re.findall(r"`([A-Z][A-Z0-9_]+)`", names), defaults.strip().split(", "))
        for names, defaults in lines
    ]


def test_the_readme_names_every_variable() -> None:
    """A setting that nobody reads of is a setting that nobody has."""
    named = [name for names, _ in settings_table() for name in names]
    read = re.findall(r'read\(\s*"([A-Z0-9_]+)"', inspect.getsource(load_config))
    assert sorted(named) == sorted([*read, *OF_TYPES])


def test_the_readme_tells_every_default() -> None:
    for names, defaults in settings_table():
        assert len(defaults) == len(names), names
        for name, told in zip(names, defaults, strict=True):
            given = "" if told in NO_DEFAULT else DEFAULTS_IN_WORDS.get((name, told), told)
            if told in NO_DEFAULT or not given:
                # Only what is empty by default may be told as nothing.
                field = FIELDS.get(name, name.lower())
                assert not getattr(Config(), field), name
            assert load_config({name: given.strip("`")}) == Config(), name
