from __future__ import annotations

import json

import pytest

from spiders.frontier.seeds import UnreadableSeed, target_from_lease
from storage.base.records import Lease


def lease(message: str, *, name: str = "hand:7") -> Lease:
    return Lease(name, 7, 1, message)


def test_our_own_seed_says_its_job_and_the_rest_is_parameters() -> None:
    meta = {"targetId": "j:000001", "jobId": "j", "requestId": "r"}
    meta |= {"asin": "B000000001", "lang": "de-DE"}
    message = json.dumps({"url": "https://www.amazon.de/dp/B000000001", "meta": meta})
    target = target_from_lease(lease(message, name="j:000001"), lease_until=5.0)
    assert (target.id, target.job_id, target.token, target.deaths) == ("j:000001", "j", 7, 1)
    assert target.request_id == "r"
    assert target.params == {"asin": "B000000001", "lang": "de-DE"}
    assert target.lease_until == 5.0


@pytest.mark.parametrize(
    "message",
    [
        "https://www.amazon.com/dp/B000000001",
        '{"url": "https://www.amazon.com/dp/B000000001"}',
        ' {"url": "https://www.amazon.com/dp/B000000001", "meta": null}',
        '{"url": "https://www.amazon.com/dp/B000000001", "meta": ["odd"]}',
        '{"url": "https://www.amazon.com/dp/B000000001", "meta": {"jobId": "not-ours", "requestId": "nor-this"}}',
    ],
)
def test_a_seed_by_hand_belongs_to_no_job(message: str) -> None:
    target = target_from_lease(lease(message), lease_until=0.0)
    assert (target.id, target.url) == ("hand:7", "https://www.amazon.com/dp/B000000001")
    assert (target.job_id, target.request_id, dict(target.params)) == (None, None, {})


def test_what_only_lua_can_read_is_refused() -> None:
    with pytest.raises(UnreadableSeed):
        target_from_lease(lease('{"url": "x", "meta": {"n": 0x10}}'), lease_until=0.0)


def test_a_seed_that_names_the_job_of_another_target_is_refused() -> None:
    meta = {"targetId": "job-a:000001", "jobId": "job-b"}
    message = json.dumps({"url": "https://www.amazon.com/dp/B000000001", "meta": meta})
    with pytest.raises(UnreadableSeed, match="none of job job-b"):
        target_from_lease(Lease("job-a:000001", 7, 0, message), lease_until=1.0)
