from __future__ import annotations

import io

import pytest
from pymongo.database import Database
from redis import Redis

from control_api.manage import main
from settings.config import current_config
from storage.base.connections import open_database
from storage.base.indexes import missing_indexes
from tests.control_api.operation.environment import environment
from tests.control_api.services.monitors.following import Following, sold
from tests.stores import Store

__all__ = ["environment"]


@pytest.fixture
def user(monkeypatch: pytest.MonkeyPatch, mongo_database: Database) -> dict:
    assert main(["indexes"]) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert main(["user", "me@example.com", "--name", "Me", "--plan", "unlimited"]) == 0
    return mongo_database["users"].find_one()


def test_indexes_are_checked_and_made(
    mongo_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["indexes", "--check"]) == 1
    assert "users.email" in capsys.readouterr().err
    assert main(["indexes"]) == 0
    assert missing_indexes(mongo_database) == []
    assert main(["indexes", "--check"]) == 0
    assert main(["indexes"]) == 0


def test_a_user_is_made_with_a_plan(user: dict, mongo_database: Database) -> None:
    assert (user["email"], user["name"], user["role"]) == ("me@example.com", "Me", "owner")
    assert mongo_database["organizations"].find_one()["plan"] == "unlimited"


def test_a_taken_email_or_a_short_password_fails(
    user: dict, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for password, complaint in (("correct horse", "there is a user"), ("short", "8 characters")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        assert main(["user", "me@example.com"]) == 1
        assert complaint in capsys.readouterr().err


def test_a_user_becomes_an_admin(user: dict, mongo_database: Database) -> None:
    assert main(["admin", "ME@example.com"]) == 0
    assert mongo_database["users"].find_one()["isAdmin"] is True
    assert main(["admin", "nobody@example.com"]) == 1


def test_a_plan_is_set_by_email_or_organization(user: dict, mongo_database: Database) -> None:
    organizations = mongo_database["organizations"]
    assert main(["plan", "me@example.com", "free"]) == 0
    assert organizations.find_one()["plan"] == "free"
    assert main(["plan", user["organizationId"], "unlimited"]) == 0
    assert organizations.find_one()["plan"] == "unlimited"
    assert main(["plan", "nothing", "free"]) == 1


def test_stored_data_is_brought_up_to_this_release(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["migrate", "--check"]) == 1
    assert "pending: API keys of former members end" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert "done: API keys of former members end" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == "the stored data is of this release\n"
    assert main(["migrate", "--check"]) == 0


class TestRecomputeMonitor:
    def made(self, store: Store) -> Following:
        following = Following(store, 2)
        following.round(sold(), sold())
        following.round(sold("18.00"), "BLOCKED_CAPTCHA")
        return following

    @pytest.fixture
    def store(self, mongo_database: Database, redis_client: Redis) -> Store:
        config = current_config()
        return Store(config, open_database(mongo_database.client, config), redis_client)

    def test_it_says_whether_a_monitor_is_what_its_rows_say(
        self, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        following = self.made(store)
        command = ["recompute-monitor", following.monitor.id, "--check"]
        assert main(command) == 0
        assert capsys.readouterr().out.startswith("2 watches and 4 looks: the same")
        store.database["watches"].update_one({}, {"$set": {"known.now.price": 1}})
        assert main(command) == 1
        out, err = capsys.readouterr()
        assert "what is known is not what its rows say" in out
        assert "is not what its rows say; see above" in err

    def test_a_job_that_is_gone_is_named(
        self, store: Store, capsys: pytest.CaptureFixture[str]
    ) -> None:
        following = self.made(store)
        store.database["jobs"].delete_one({})
        assert main(["recompute-monitor", following.monitor.id, "--check"]) == 1
        assert "1 of the monitor's jobs are not kept" in capsys.readouterr().err
        assert main(["recompute-monitor", "nonsense", "--check"]) == 1
        assert "no monitor nonsense" in capsys.readouterr().err
