"""When a proxy is banned, tried again, and back."""

from __future__ import annotations

import time

import pytest

from storage.base.connections import connect_async_redis
from storage.queue.proxy_states import (
    BAD,
    GOOD,
    UNKNOWN,
    ProxyReports,
    ProxyState,
    ProxyStates,
    bad_at,
)
from tests.stores import CrawlerSide, Store

ID = "a-proxy"


class Side:
    """One crawler's reports, called as if they were blocking."""

    def __init__(self, store: Store, crawler_side: CrawlerSide, *, trial_seconds: float) -> None:
        self._store = store
        self._run = crawler_side.run
        self._reports = ProxyReports(
            connect_async_redis(store.config), ban_seconds=0.2, trial_seconds=trial_seconds
        )

    def report(self, *outcomes: str, is_trial: bool = False) -> bool:
        banned: bool = self._run(self._reports.report(ID, outcomes, is_trial=is_trial))
        return banned

    def begin_trial(self) -> bool:
        begun: bool = self._run(self._reports.begin_trial(ID))
        return begun

    @property
    def state(self) -> ProxyState:
        return ProxyStates(self._store.redis).states([ID])[ID]

    def wait_for_the_cool_down(self) -> None:
        time.sleep(self.state.ban_seconds_left + 0.01)

    def close(self) -> None:
        self._run(self._reports.close())


@pytest.fixture
def side(store: Store, crawler_side: CrawlerSide):
    side = Side(store, crawler_side, trial_seconds=0.3)
    yield side
    side.close()


def test_five_failures_of_the_last_ten_ban(side: Side) -> None:
    assert not side.report(BAD, BAD, BAD, BAD, *[GOOD] * 6)
    # The four have left the window by now, but for one.
    assert not side.report(GOOD, GOOD, GOOD, BAD, BAD, BAD)
    assert not side.state.is_banned
    assert side.report(BAD, BAD)
    state = side.state
    assert state.is_banned
    assert 0 < state.ban_seconds_left <= 0.2
    assert (state.successes, state.failures) == (9, 9)
    assert state.success_rate == 50.0


def test_a_host_that_fails_again_and_again_counts_once(side: Side) -> None:
    assert not side.report(*[bad_at("down.example")] * 10)
    assert not side.report(*[bad_at(f"{name}.example") for name in "abc"])
    assert side.report(bad_at("d.example"))


def test_only_one_request_may_try_a_banned_proxy_and_not_before_its_cool_down(side: Side) -> None:
    assert not side.begin_trial()
    side.report(*[BAD] * 5)
    assert not side.begin_trial()
    side.wait_for_the_cool_down()
    assert side.state.may_be_tried
    assert side.begin_trial()
    assert not side.begin_trial()
    assert side.state.is_on_trial


def test_requests_under_way_at_the_ban_neither_end_nor_prolong_it(side: Side) -> None:
    side.report(*[BAD] * 5)
    until = side.state.banned_until
    assert side.report(GOOD, BAD, BAD, BAD, BAD, BAD, BAD)
    assert side.state.banned_until == until
    assert side.state.failures == 11


def test_a_good_trial_returns_the_proxy_and_a_bad_one_doubles_the_cool_down(side: Side) -> None:
    side.report(*[BAD] * 5)
    side.wait_for_the_cool_down()
    assert side.begin_trial()
    assert side.report(BAD, is_trial=True)
    assert 0.2 < side.state.ban_seconds_left <= 0.4
    side.wait_for_the_cool_down()
    assert side.begin_trial()
    assert not side.report(GOOD, is_trial=True)
    assert side.state == ProxyState(successes=1, failures=6)
    # It begins anew, but is not forgiven yet: the next ban is longer still.
    assert not side.report(*[BAD] * 4)
    assert side.report(BAD)
    assert 0.4 < side.state.ban_seconds_left <= 0.8


def test_ten_good_answers_in_a_row_forgive_earlier_bans(side: Side) -> None:
    side.report(*[BAD] * 5)
    side.wait_for_the_cool_down()
    side.begin_trial()
    side.report(GOOD, is_trial=True)
    side.report(*[GOOD] * 10)
    side.report(*[BAD] * 5)
    assert side.state.ban_seconds_left <= 0.2


def test_a_trial_that_tells_nothing_or_whose_crawler_dies_leaves_room_for_another(
    side: Side,
) -> None:
    side.report(*[BAD] * 5)
    side.wait_for_the_cool_down()
    assert side.begin_trial()
    assert side.report(UNKNOWN, is_trial=True)
    assert side.begin_trial()
    time.sleep(0.31)
    assert side.begin_trial()
    assert side.state.failures == 5
