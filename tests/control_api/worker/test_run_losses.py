"""What is kept of attempts that were taken back, and when a run is given up."""

from __future__ import annotations

from control_api.worker.run_losses import run_given_up
from storage.reports.stories import Stories
from storage.runs.runs import Loss, Run, Runs
from tests.stores import Store

LOSSES = [Loss("NODE_LOST", "a:6800", "no answer: timeout"), Loss("CRASHED", "b:6800", "signal 9")]


def lost(store: Store, *losses: Loss) -> Run:
    runs = Runs(store.database)
    job = store.add_job(spider="my_spider")
    store.transactions.run(lambda session: runs.insert(job, session))
    for loss in losses:
        waiting = runs.find(job.id)
        assert waiting is not None
        dispatched = runs.dispatch(waiting, loss.node)
        assert dispatched is not None
        cleared = runs.take_back(dispatched, loss)
        assert cleared is not None
        assert runs.clear(cleared) is not None
    found = runs.find(job.id)
    assert found is not None
    return found


def test_losses_are_read_as_they_were_written(store: Store) -> None:
    assert lost(store, *LOSSES).losses == LOSSES


def test_a_run_is_given_up_with_the_code_of_its_third_loss(store: Store) -> None:
    assert run_given_up(lost(store, *LOSSES)) is None
    outcome = run_given_up(lost(store, *LOSSES, Loss("NOT_STARTED", "c:6800", "refused")))
    assert outcome is not None
    assert (outcome.code, outcome.reason) == ("NOT_STARTED", "not_started")
    assert outcome.message == (
        "NODE_LOST: a:6800: no answer: timeout; CRASHED: b:6800: signal 9;"
        " NOT_STARTED: c:6800: refused"
    )


def test_the_story_of_a_job_tells_its_losses(store: Store) -> None:
    run = lost(store, *LOSSES)
    story = Stories(store.database).tell(run.job_id)
    assert any("CRASHED: b:6800: signal 9" in line.text for line in story)
