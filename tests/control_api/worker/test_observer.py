from __future__ import annotations

import pytest

from tests.control_api.services.monitors.following import PROJECT, Following, sold
from tests.stores import Store


def test_a_project_whose_receipts_are_broken_holds_up_no_other(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    following = Following(store, 1)
    broken = "a-broken-project"
    assert broken < PROJECT, "it has its turn first"
    store.database["receipts"].insert_one({"_id": "a", "projectId": broken, "isLast": False})
    following.round(sold(), observe=False)
    with pytest.raises(KeyError):
        following.observer.step()
    assert [change.kind for change in following.changes] == ["started"]
    assert f"the receipts of project {broken} broke" in caplog.text
