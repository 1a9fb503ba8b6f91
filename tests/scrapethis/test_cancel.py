"""DELETE of a job whose spider will not end, with everything real."""

from __future__ import annotations

import httpx

from tests.nodes.scrapyd_node import is_running, wait_until
from tests.scrapethis.live import World, api, environ, node, world

__all__ = ["api", "environ", "node", "world"]

# INT, 5 s, TERM, 5 s, KILL; and the looks of those who wait for it.
GRACE_SECONDS = 10.0


def test_a_stubborn_spider_with_a_child_is_gone_before_its_job_is_cancelled(world: World) -> None:
    pids_file = world.folder / "pids"
    headers = {"Authorization": f"Bearer {world.key}"}
    with httpx.Client(
        base_url=f"{world.url}/api/v1", headers=headers, trust_env=False, timeout=30
    ) as client:
        body = {"spider_name": "stubborn", "arguments": {"pids_file": str(pids_file)}}
        job_id = client.post("/jobs", json=body).raise_for_status().json()["jobId"]

        def job() -> dict[str, object]:
            return client.get(f"/jobs/{job_id}").raise_for_status().json()  # type: ignore[no-any-return]

        wait_until(lambda: job()["items_scraped"] == 1, "it runs", seconds=60)
        pids = [int(pid) for pid in pids_file.read_text().split()]
        assert all(map(is_running, pids))
        answer = client.delete(f"/jobs/{job_id}")
        assert (answer.status_code, answer.json()["ok"]) == (200, True)
        shown = job()
        assert shown["status"] == "running"
        assert shown["cancel_requested_at"] is not None

        def is_cancelled() -> bool:
            status = job()["status"]
            # In this order: what is cancelled by now must be gone by now.
            assert status == "running" or not any(map(is_running, pids)), "cancelled, and runs"
            return status == "cancelled"

        wait_until(is_cancelled, "it is cancelled", seconds=2 * GRACE_SECONDS)
        assert client.delete(f"/jobs/{job_id}").status_code == 200
        assert job()["items_scraped"] == 1
