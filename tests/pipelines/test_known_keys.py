"""A discovered target is told to MongoDB until a commit with it is written, and not again."""

from pipelines.known_keys import MAX_JOBS, MAX_KEYS_PER_JOB, KnownKeys
from spiders.work.target import DiscoveredTarget, LeasedTarget


def target(*keys: str, job_id: str | None = "job") -> LeasedTarget:
    found = [DiscoveredTarget(f"http:{key}", key, {}) for key in keys]
    return LeasedTarget(
        id="job:1",
        url="http://a.test/",
        params={},
        job_id=job_id,
        token=1,
        deaths=0,
        lease_until=0.0,
        discovered=found,
    )


def left(known: KnownKeys, *keys: str, job_id: str | None = "job") -> list[str]:
    asked = target(*keys, job_id=job_id)
    known.forget_told([asked])
    return [found.key for found in asked.discovered]


def test_only_what_was_written_is_left_out() -> None:
    known = KnownKeys()
    assert left(known, "//a", "//b") == ["//a", "//b"]
    # Not written: it is told again.
    assert left(known, "//a", "//b") == ["//a", "//b"]
    known.remember([target("//a")])
    assert left(known, "//a", "//b") == ["//b"]


def test_jobs_do_not_share_what_is_known() -> None:
    known = KnownKeys()
    known.remember([target("//a")])
    assert left(known, "//a", job_id="other") == ["//a"]
    known.remember([target("//b", job_id=None)])
    assert left(known, "//b", job_id=None) == ["//b"]


def test_memory_is_bounded_by_forgetting() -> None:
    known = KnownKeys()
    known.remember([target("//a", job_id=f"job-{number}") for number in range(MAX_JOBS + 1)])
    known.remember([target("//b", job_id="last")])
    assert left(known, "//a", job_id="job-0") == ["//a"]
    known.remember([target(*(f"//{n}" for n in range(MAX_KEYS_PER_JOB + 1)), job_id="last")])
    known.remember([target("//c", job_id="last")])
    assert left(known, "//b", "//c", job_id="last") == ["//b"]
