"""Addresses with credentials: decoded once, in one place; what is wrong is said without the password."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings.addresses import BadAddress, address_from_text
from settings.config import ConfigError, load_config
from storage.base.connections import connect_mongo, connect_redis

ROOT = Path(__file__).resolve().parents[2]
# Every part of every password below begins so: none may be left in a message.
SECRET = "sesam"

GOOD = [
    ("http://user:sesam%40ss%3Aw@host:6800", "user", "sesam@ss:w", "host:6800"),
    (
        "http://user:sesam%2Fa%23b%3Fc%25d%2Ce%20f@host:6800",
        "user",
        "sesam/a#b?c%d,e f",
        "host:6800",
    ),
    ("http://us%3Aer:sesam@[::1]:6800", "us:er", "sesam", "[::1]:6800"),
    ("http://user:sesam%C3%BC%E2%82%AC@host", "user", "sesamü€", "host"),
    ("http://user:sesamü@host:1", "user", "sesamü", "host:1"),
    ("http://user:sesam%2540@host:1", "user", "sesam%40", "host:1"),
    ("http://user:sesam+a@host:1", "user", "sesam+a", "host:1"),
    ("http://user:sesam:a@host:1", "user", "sesam:a", "host:1"),
    ("http://user@host:1", "user", "", "host:1"),
    ("http://:sesam@host:1", "", "sesam", "host:1"),
    ("HTTP://host:1", "", "", "host:1"),
]
BAD = [
    ("http://user:sesam@sesam@host:6800", "%40"),
    ("http://user:sesam/sesam@host:6800", "%2F"),
    ("http://user:sesam#sesam@host:6800", "%23"),
    ("http://user:sesam?sesam@host:6800", "%3F"),
    ("http://user:sesam,sesam@host:6800", "%2C"),
    ("http://us,er:sesam@host:6800", "%2C"),
    ("http://user:w@ss:sesam", "not encoded"),
    ("http://user:w@host:sesam", "its port is no number"),
    ("http://user:sesam@ss/sesam@host:6800", "must be encoded"),
    ("http://user:sesam%zz@host:6800", "%25"),
    ("http://user:sesam%@host:6800", "%25"),
    ("http://user:sesam%FF@host:6800", "UTF-8"),
    ("http://user:sesam sesam@host:6800", "white space"),
    ("http://user:sesam\tsesam@host:6800", "white space"),
    ("http://user:sesam", "its port is no number"),
    ("http://user:sesam@", "names no host"),
    ("http://user:sesam@host:0", "1 to 65535"),
    ("http://user:sesam@host:65536", "1 to 65535"),
    ("http://user:sesam@::1", "in brackets"),
    ("http://user:sesam@[nonsense]:1", "no IPv6 address"),
    ("user:sesam@host:6800", "must begin with http:// or https://"),
]


@pytest.mark.parametrize(("text", "user", "password", "hosts"), GOOD)
def test_user_and_password_are_decoded_once(
    text: str, user: str, password: str, hosts: str
) -> None:
    found = address_from_text(text, ("http", "https"))
    assert (found.username, found.password, found.hosts) == (user, password, hosts)
    assert SECRET not in repr(found)
    (node,) = load_config({"SCRAPYD_NODES": text}).scrapyd_nodes
    assert (node.username, node.password, node.name) == (user, password, hosts)


@pytest.mark.parametrize(("text", "words"), BAD)
def test_what_is_wrong_is_said_without_the_password(text: str, words: str) -> None:
    with pytest.raises(BadAddress) as caught:
        address_from_text(text, ("http", "https"))
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


STORES = [
    ("REDIS_URL", "redis://:sesam@ss:w/or#d@h/0"),
    ("REDIS_URL", "redis://:sesam/a@h/0"),
    ("REDIS_URL", "redis://:sesam,a@h/0"),
    ("MONGODB_URI", "mongodb://u:sesam,a@h/"),
    ("REDIS_URL", "redis://:sesam%@h/0"),
    ("REDIS_URL", "redis://:sesam@h:x/0"),
    ("REDIS_URL", "redis://:sesam@h/first"),
    ("REDIS_URL", "sesam@h"),
    ("MONGODB_URI", "mongodb://u:sesam@ss@h/"),
    ("MONGODB_URI", "mongodb://u:sesam:w@h/"),
    ("MONGODB_URI", "mongodb://u:sesam/w@h/"),
    ("MONGODB_URI", "mongodb://u:sesam%zz@h/"),
    ("MONGODB_URI", "mongodb://u:sesam@a:1,b:x/"),
    ("MONGODB_URI", "mongodb://u:sesam@/"),
    ("SCRAPYD_NODES", "http://u:sesam,sesam@h:6800"),
    ("SCRAPYD_NODES", "http://u:a@h:1, http://u:sesam@sesam@h:2"),
    ("SCRAPYD_NODES", "http://u:sesam@h:6800/path"),
    ("SANDBOX_URL", "http://u:sesam@h:1/path"),
]


@pytest.mark.parametrize(("name", "value"), STORES)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config({name: value})
    assert str(caught.value).startswith(f"{name} is wrong: ")
    assert "\n" not in str(caught.value)
    assert SECRET not in str(caught.value)
    # A traceback prints what an error came from.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "name_and_value",
    [
        ("MONGODB_URI", "mongodb+srv://u:sesam@h:27017/"),
        ("REDIS_URL", "redis://:sesam@h/0?socket_keepalive=1&health_check_interval=x"),
    ],
)
def test_what_the_drivers_refuse_is_a_wrong_setting_too(name_and_value: tuple[str, str]) -> None:
    name, value = name_and_value
    config = load_config({name: value})
    with pytest.raises(ConfigError, match=f"{name} is wrong: ") as caught:
        connect_mongo(config) if name == "MONGODB_URI" else connect_redis(config)
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_the_stores_get_the_decoded_password() -> None:
    config = load_config({"REDIS_URL": "redis://me:sesam%40ss%3Aw%2F%C3%BC@[::1]:7/3"})
    with connect_redis(config) as redis:
        options = redis.connection_pool.connection_kwargs
    assert (options["username"], options["password"]) == ("me", "sesam@ss:w/ü")
    assert (options["host"], options["port"], options["db"]) == ("::1", 7, 3)
    uri = "mongodb://u:sesam%40ss%3Aw@[::1]:1,h:2/?replicaSet=r"
    with connect_mongo(load_config({"MONGODB_URI": uri})) as mongo:
        credentials = mongo.options.pool_options._credentials
    assert credentials is not None
    assert credentials.password == "sesam@ss:w"


ENTRIES = {
    "scrapy": ["-m", "scrapy", "list"],
    "manage": ["-m", "control_api.manage", "doctor"],
    "worker": ["-m", "control_api.worker"],
    "api": ["-c", "import control_api.wsgi"],
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_process_ends_with_one_line_and_without_the_password(entry: str) -> None:
    done = subprocess.run(
        [sys.executable, *ENTRIES[entry]],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "JWT_SECRET": "0123456789abcdef" * 4,
            "MONGODB_URI": "mongodb://u:sesam@ss@h/",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "MONGODB_URI is wrong: mongodb://***@h/" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert SECRET not in done.stdout + done.stderr
