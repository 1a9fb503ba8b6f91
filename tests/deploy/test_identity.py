import stat
from pathlib import Path

import pytest

from deploy.embedded.errors import StackError
from deploy.embedded.identity import load_identity


def test_ports_and_secrets_are_generated_once(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    first = load_identity(path)
    assert load_identity(path) == first


def test_two_stacks_share_no_secret(tmp_path: Path) -> None:
    one = load_identity(tmp_path / "one.env")
    other = load_identity(tmp_path / "other.env")
    secrets = {one.jwt_secret, one.redis_password, one.first_password, one.operator_token}
    assert len(secrets) == 4
    assert not secrets & {other.jwt_secret, other.redis_password, other.first_password}


def test_ports_differ_from_each_other(tmp_path: Path) -> None:
    identity = load_identity(tmp_path / "stack.env")
    ports = [identity.api_port, identity.mongod_port, identity.redis_port]
    ports += [identity.scrapyd_port, identity.sandbox_port]
    assert len(set(ports)) == 5


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    load_identity(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_port_changed_by_hand_holds_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    before = load_identity(path)
    path.write_text(path.read_text().replace(f"={before.api_port}\n", "=8080\n"))
    after = load_identity(path)
    assert after.api_port == 8080
    assert after.jwt_secret == before.jwt_secret


def test_what_a_newer_version_needs_is_added_to_an_older_file(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    path.write_text("API_PORT=8080\n")
    identity = load_identity(path)
    assert identity.api_port == 8080
    assert load_identity(path).jwt_secret == identity.jwt_secret


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_wrong_port_is_named(tmp_path: Path, port: str) -> None:
    path = tmp_path / "stack.env"
    path.write_text(f"REDIS_PORT={port}\n")
    with pytest.raises(StackError, match=f"REDIS_PORT={port}"):
        load_identity(path)
