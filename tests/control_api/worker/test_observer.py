from __future__ import annotations

from threading import Event

import pytest

from control_api.worker.observer import Observer
from storage.monitors.feeds import Feeds
from storage.monitors.receipts import Receipts
from tests.control_api.services.monitors.following import PROJECT, Following, observing, sold
from tests.stores import Store


@pytest.mark.parametrize("is_readable", [False, True])
def test_a_project_whose_receipts_are_broken_holds_up_no_other_and_is_counted(
    store: Store, caplog: pytest.LogCaptureFixture, *, is_readable: bool
) -> None:
    following = Following(store, 1)
    broken = "a-broken-project"
    assert broken < PROJECT, "it has its turn first"
    following.round(sold(), observe=False)
    receipts = store.database["receipts"]
    # Of a whole one it is the work that breaks.
    whole = {**(receipts.find_one() or {}), "isLast": False}
    fields = {**whole, "jobId": None, "targets": [None]} if is_readable else {"isLast": False}
    receipts.insert_one({**fields, "_id": "0" * 24, "projectId": broken})
    defects: list[str] = []
    observer = Observer(
        Receipts(store.database),
        Feeds(store.database),
        observing(store),
        stop=Event(),
        count_defect=defects.append,
    )
    observer.step()
    assert [change.kind for change in following.changes] == ["started"]
    assert defects == ["observer"]
    assert f"a receipt of project {broken} broke" in caplog.text
