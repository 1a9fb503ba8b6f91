"""The client against a node's answers, good and bad. With a real scrapyd: ../worker/test_fleet_on_scrapyd.py"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from control_api.gateways.scrapyd import NodeJobs, Scrapyd, ScrapydError
from deploy.embedded.ports import free_port
from settings.config import ScrapydNode
from tests.control_api.gateways.node import Node, running_node


@pytest.fixture
def node() -> Iterator[Node]:
    with running_node() as node:
        yield node


Connect = Callable[[ScrapydNode], Scrapyd]


@pytest.fixture
def connect() -> Iterator[Connect]:
    with ExitStack() as opened:
        yield lambda node: opened.enter_context(closing(Scrapyd(node)))


def test_the_jobs_of_a_node_are_told_by_state(node: Node, connect: Connect) -> None:
    node.jobs = {"pending": ["p"], "running": ["r1", "r2"], "finished": []}
    assert connect(node.config).jobs() == NodeJobs(
        frozenset({"p"}), frozenset({"r1", "r2"}), frozenset()
    )


def test_a_process_is_asked_for_under_our_own_id(node: Node, connect: Connect) -> None:
    connect(node.config).schedule("amazon_detail", job_id="pool-1", arguments={"lang": "de-DE"})
    assert node.scheduled == [
        {"project": "azscraper", "spider": "amazon_detail", "jobid": "pool-1", "lang": "de-DE"}
    ]


def test_the_nodes_password_goes_with_every_call(node: Node, connect: Connect) -> None:
    scrapyd = connect(node.config)
    scrapyd.jobs()
    scrapyd.cancel("pool-1", signal="INT")
    expected = "Basic " + base64.b64encode(b"user:password").decode()
    assert node.authorizations == [expected, expected]
    assert node.cancelled == [{"project": "azscraper", "job": "pool-1", "signal": "INT"}]


def test_a_200_with_an_error_in_its_body_is_an_error(node: Node, connect: Connect) -> None:
    node.error = "spider 'x' not found"
    with pytest.raises(ScrapydError, match="spider 'x' not found"):
        connect(node.config).schedule("x", job_id="pool-1", arguments={})


def test_an_answer_that_is_not_scrapyds_is_an_error(node: Node, connect: Connect) -> None:
    node.html = True
    with pytest.raises(ScrapydError, match=r"127\.0\.0\.1"):
        connect(node.config).jobs()


def test_a_node_that_is_away_is_an_error_that_names_it(connect: Connect) -> None:
    port = free_port()
    with pytest.raises(ScrapydError, match=f"127.0.0.1:{port}: ConnectError"):
        connect(ScrapydNode(f"http://127.0.0.1:{port}")).jobs()


def test_the_error_of_a_node_does_not_tell_its_password(node: Node, connect: Connect) -> None:
    node.error = "no"
    with pytest.raises(ScrapydError) as error:
        connect(node.config).cancel("pool-1")
    assert "password" not in str(error.value)
