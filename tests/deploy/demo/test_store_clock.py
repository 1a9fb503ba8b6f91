import json

import httpx
import pytest

from deploy.embedded.demo.store_clock import movable_clock
from deploy.embedded.errors import StackError
from deploy.embedded.ports import free_port
from tests.sandbox.conftest import running_sandbox


def hours_ahead(url: str) -> float:
    return float(httpx.get(f"{url}/__clock", trust_env=False).json()["aheadHours"])


def test_the_stores_time_moves_from_where_it_was_and_back_whatever_happens() -> None:
    with running_sandbox("--bulk", "0") as url:
        body = json.dumps({"aheadHours": 5})
        httpx.post(f"{url}/__clock", content=body, trust_env=False).raise_for_status()
        with pytest.raises(StackError, match="too little"), movable_clock(url) as move:
            move(12)
            assert hours_ahead(url) == 17
            move(24)
            assert hours_ahead(url) == 29
            raise StackError("too little has changed")
        assert hours_ahead(url) == 5


def test_a_store_that_does_not_answer_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StackError, match="practice store"), movable_clock(url):
        pass
