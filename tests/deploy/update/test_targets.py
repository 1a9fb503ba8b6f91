"""What `make deploy` refuses before anything is built or sent: one clear line, and never the password."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded.ports import free_port
from deploy.update.errors import UsageError
from deploy.update.label import version_label
from deploy.update.target import node_from_environment
from tests.deploy.update.conftest import Deploy, node_url
from tests.nodes.scrapyd_node import PASSWORD, RealNode

SECRET = "hunter2-of-the-node"


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.5:6800",
        f"ftp://azscraper:{SECRET}@10.0.0.5:6800",
        f"http://azscraper:{SECRET}@:6800",
        f"http://azscraper:{SECRET}@10.0.0.5:port",
        f"http://azscraper:{SECRET}@10.0.0.5:6800/addversion.json",
        f"http://azscraper:{SECRET}@10.0.0.5:6800?project=x",
        f"http://azscraper:{SECRET}@a:6800,http://azscraper:{SECRET}@b:6800",
    ],
)
def test_what_is_no_node_is_refused_without_telling_the_password(
    deploy_to: Deploy, text: str
) -> None:
    told = deploy_to(text)
    assert told.code == 2
    assert told.errors == "azscraper: NODE must be like http://user:password@10.0.0.5:6800\n"


def test_a_node_needs_a_password_from_somewhere(deploy_to: Deploy) -> None:
    told = deploy_to("http://10.0.0.5:6800")
    assert told.code == 2
    assert "SCRAPYD_PASSWORD" in told.errors
    assert deploy_to("").errors.startswith("azscraper: NODE is not set")


def test_the_password_may_stand_beside_the_address() -> None:
    node = node_from_environment(
        {
            "NODE": "http://10.0.0.5:6800/",
            "SCRAPYD_USERNAME": "azscraper",
            "SCRAPYD_PASSWORD": SECRET,
        }
    )
    assert (node.url, node.username, node.password) == ("http://10.0.0.5:6800", "azscraper", SECRET)


def test_a_node_that_is_away_is_told_as_that(deploy_to: Deploy) -> None:
    address = f"127.0.0.1:{free_port()}"
    told = deploy_to(f"http://azscraper:{SECRET}@{address}")
    assert told.code == 1
    assert told.errors.startswith(f"azscraper: {address} does not answer: ")
    assert len(told.errors.splitlines()) == 1
    assert SECRET not in told.errors + told.out


def test_a_wrong_password_and_a_node_that_takes_no_eggs_are_told_as_that(
    deploy_to: Deploy, make_node: Callable[..., RealNode]
) -> None:
    node = make_node()
    told = deploy_to(node_url(node, SECRET))
    assert told.code == 1
    assert "does not know this user name and password" in told.errors
    told = deploy_to(node)
    assert told.code == 1
    assert "takes no eggs" in told.errors
    assert "TAKES_EGGS=1" in told.errors
    assert PASSWORD not in told.errors + told.out


@pytest.mark.parametrize("label", ["with space", "../up", "-rf"])
def test_a_label_that_is_none_is_refused(label: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="VERSION_LABEL is wrong"):
        version_label({"VERSION_LABEL": label}, tmp_path)


def test_a_folder_without_git_needs_a_label(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="set VERSION_LABEL"):
        version_label({}, tmp_path)
    assert version_label({"VERSION_LABEL": "2026-11.1"}, tmp_path) == "2026-11.1"


def test_a_service_needs_its_token(deploy_to: Deploy) -> None:
    told = deploy_to("http://a:b@127.0.0.1:1", API_BASE="http://127.0.0.1:1")
    assert told.code == 2
    assert "ADMIN_TOKEN" in told.errors
