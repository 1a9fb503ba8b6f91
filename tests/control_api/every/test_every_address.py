"""S1: every place that takes an address with credentials decodes them once, and says how to encode what
is not encoded, without the password."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote, urlsplit

import pytest
from pymongo import uri_parser
from pymongo.database import Database
from redis.connection import parse_url

from deploy.update.errors import UsageError
from deploy.update.target import node_from_environment
from settings.config import Config, ConfigError, load_config
from spiders.probe.proxies import BadProxy, proxies_from_texts
from storage.accounts.proxies import Proxies
from storage.runs.nodes import Nodes
from tests.control_api.conftest import Tenant

# Every part of every password begins so: none may be left in a message.
SECRET = "sesam"
USER = "us:er/1"
HOSTS = ("host.example.com:6800", "[2606:4700::1111]:6800")
PASSWORDS = (
    "sesam@ss:w",
    "sesam/a#b?c%d,e f",
    "sesam%40",
    "sesam+a&b=c",
    "sesam[x]\\",
    "sesamü€ 密码",
)
RAW = {"#": "%23", "/": "%2F", ",": "%2C", "@": "%40", " ": "%20", "?": "%3F", "%": "%25"}


class Refused(Exception):
    """The place's own message."""


class Places:
    """Each takes an address and returns the user and the password that will be sent."""

    def __init__(self, admin: Tenant, database: Database) -> None:
        self.admin = admin
        self.database = database

    def mongodb_uri(self, rest: str) -> tuple[str, str]:
        uri = _config("MONGODB_URI", f"mongodb://{rest}/").mongodb_uri
        found = uri_parser.parse_uri(uri)
        return found["username"], found["password"]

    def redis_url(self, rest: str) -> tuple[str, str]:
        found = parse_url(_config("REDIS_URL", f"redis://{rest}/0").redis_url)
        return found["username"], found["password"]

    def scrapyd_nodes(self, rest: str) -> tuple[str, str]:
        (node,) = _config("SCRAPYD_NODES", f"http://{rest}").scrapyd_nodes
        return node.username, node.password

    def deployed_node(self, rest: str) -> tuple[str, str]:
        try:
            node = node_from_environment({"NODE": f"http://{rest}"})
        except UsageError as error:
            raise Refused(str(error)) from None
        return node.username, node.password

    def added_node(self, rest: str) -> tuple[str, str]:
        self._post("/admin/nodes", rest)
        (entry,) = Nodes(self.database).list_all()
        assert entry.url == f"http://{rest.rpartition('@')[2]}"
        return entry.username, entry.password

    def added_proxy(self, rest: str) -> tuple[str, str]:
        self._post("/admin/proxies", rest)
        (proxy,) = Proxies(self.database).list_all()
        return _of_url(proxy.url)

    def typed_proxy(self, rest: str) -> tuple[str, str]:
        try:
            (proxy,) = proxies_from_texts([f"http://{rest}"])
        except BadProxy as error:
            raise Refused(str(error)) from None
        return _of_url(proxy.url)

    def _post(self, path: str, rest: str) -> None:
        answer = self.admin.post(path, json={"url": f"http://{rest}"})
        if answer.status_code == 400:
            raise Refused(answer.json["error"]["message"])
        assert answer.status_code == 201, answer.text
        assert SECRET not in answer.text


PLACES = {
    "MONGODB_URI": Places.mongodb_uri,
    "REDIS_URL": Places.redis_url,
    "SCRAPYD_NODES": Places.scrapyd_nodes,
    "NODE": Places.deployed_node,
    "POST /admin/nodes": Places.added_node,
    "POST /admin/proxies": Places.added_proxy,
    "--proxy": Places.typed_proxy,
}
# Clients and proxies agree on no charset for what is not ASCII, and on no name with a colon.
OF_PROXIES = ("POST /admin/proxies", "--proxy")


def _config(name: str, value: str) -> Config:
    try:
        return load_config({name: value})
    except ConfigError as error:
        raise Refused(str(error)) from None


def _of_url(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


@pytest.fixture
def places(make_tenant: Callable[..., Tenant], database: Database) -> Places:
    tenant = make_tenant("unlimited")
    database["users"].update_one({"_id": tenant.user_id}, {"$set": {"isAdmin": True}})
    return Places(tenant, database)


@pytest.mark.parametrize("name", PLACES)
def test_user_and_password_are_decoded_once(places: Places, name: str) -> None:
    for host in HOSTS:
        for password in PASSWORDS:
            is_proxy = name in OF_PROXIES
            user = "user" if is_proxy else USER
            text = f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"
            if is_proxy and not password.isascii():
                with pytest.raises(Refused, match="of ASCII characters") as caught:
                    PLACES[name](places, text)
                assert SECRET not in str(caught.value)
                continue
            assert PLACES[name](places, text) == (user, password)
            places.database["nodes"].delete_many({})
            places.database["proxies"].delete_many({})


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("name", PLACES)
def test_what_is_not_encoded_is_told_with_its_code(places: Places, name: str, raw: str) -> None:
    for host in HOSTS:
        with pytest.raises(Refused) as caught:
            PLACES[name](places, f"user:sesam{raw}sesam@{host}")
        said = str(caught.value)
        assert RAW[raw] in said
        assert SECRET not in said
        assert "\n" not in said
    assert places.database["nodes"].count_documents({}) == 0
    assert places.database["proxies"].count_documents({}) == 0


def test_a_node_takes_its_password_from_one_of_two_places(places: Places) -> None:
    body = {"url": "http://user:sesam%40@a:6800", "username": "user", "password": "sesam"}
    answer = places.admin.post("/admin/nodes", json=body)
    assert answer.status_code == 400
    assert "not both" in answer.json["error"]["message"]
    raw = {"url": "http://a:6800", "username": "user", "password": "sesam%40 @"}
    assert places.admin.post("/admin/nodes", json=raw).status_code == 201
    (entry,) = Nodes(places.database).list_all()
    assert (entry.username, entry.password) == ("user", "sesam%40 @")
