from __future__ import annotations

from threading import Event

import pytest

from control_api.worker.observer import Observer
from storage.monitors.feeds import Feeds
from storage.monitors.receipts import Receipts
from tests.control_api.services.monitors.following import PROJECT, Following, observing, sold
from tests.stores import Store


def test_a_project_whose_receipts_are_broken_holds_up_no_other_and_is_counted(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    following = Following(store, 1)
    broken = "a-broken-project"
    assert broken < PROJECT, "it has its turn first"
    store.database["receipts"].insert_one({"_id": "a", "projectId": broken, "isLast": False})
    following.round(sold(), observe=False)
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
