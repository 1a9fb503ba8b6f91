from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.frontier.tracker import Tracker
from spiders.work.failures import FailureCode
from spiders.work.target import LeasedTarget
from storage.base.records import Failure

CAPTCHA = Failure(FailureCode.BLOCKED_CAPTCHA, "first")
TIMEOUT = Failure(FailureCode.TIMEOUT, "second")


def leased(name: str = "t") -> LeasedTarget:
    return LeasedTarget(id=name, url="", params={}, token=1, deaths=0, lease_until=0.0)


@dataclass
class Ends:
    seen: list[tuple[str, Failure | None]] = field(default_factory=list)

    def __call__(self, target: LeasedTarget, failure: Failure | None) -> None:
        self.seen.append((target.id, failure))


@pytest.fixture
def ends() -> Ends:
    return Ends()


@pytest.fixture
def tracker(ends: Ends) -> Tracker:
    tracker = Tracker(ends)
    tracker.begin(leased())
    return tracker


def test_a_target_ends_with_its_only_request(tracker: Tracker, ends: Ends) -> None:
    tracker.request_done("t")
    assert ends.seen == [("t", None)]
    assert len(tracker) == 0


def test_a_target_waits_for_its_last_item(tracker: Tracker, ends: Ends) -> None:
    tracker.item_made("t")
    tracker.item_made("t")
    tracker.request_done("t")
    tracker.item_done("t")
    assert ends.seen == []
    tracker.item_done("t")
    assert ends.seen == [("t", None)]


def test_a_target_waits_for_the_requests_that_followed(tracker: Tracker, ends: Ends) -> None:
    tracker.request_made("t")
    tracker.request_done("t")
    assert ends.seen == []
    tracker.request_done("t")
    assert ends.seen == [("t", None)]


def test_the_first_reason_stands_and_the_last_request_ends_it(tracker: Tracker, ends: Ends) -> None:
    tracker.fail("t", CAPTCHA)
    tracker.fail("t", TIMEOUT)
    assert ends.seen == []
    tracker.request_done("t")
    assert ends.seen == [("t", CAPTCHA)]


def test_what_was_dropped_ends_without_a_word(tracker: Tracker, ends: Ends) -> None:
    dropped = tracker.drop("t")
    assert dropped is not None
    assert tracker.drop("t") is None
    tracker.request_done("t")
    tracker.item_done("t")
    assert (ends.seen, len(tracker), tracker.find("t")) == ([], 0, None)


def test_targets_end_each_for_itself(tracker: Tracker, ends: Ends) -> None:
    tracker.begin(leased("other"))
    tracker.request_done("t")
    assert [target.id for target in tracker.targets()] == ["other"]
    assert ends.seen == [("t", None)]


@given(st.lists(st.sampled_from(["request", "item", "end one"]), max_size=30))
def test_a_target_ends_exactly_once_in_whatever_order_its_work_is_done(steps: list[str]) -> None:
    ends = Ends()
    tracker = Tracker(ends)
    tracker.begin(leased())
    open_work: list[Callable[[str], None]] = [tracker.request_done]
    for step in steps:
        if step == "request":
            tracker.request_made("t")
            open_work.append(tracker.request_done)
        elif step == "item":
            tracker.item_made("t")
            open_work.append(tracker.item_done)
        elif len(open_work) > 1:
            open_work.pop()("t")
        assert ends.seen == []
    for done in open_work:
        assert ends.seen == []
        done("t")
    assert ends.seen == [("t", None)]
