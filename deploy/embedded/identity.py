"""The stack's ports and secrets: generated once, kept in `stack.env`."""

import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from deploy.embedded.errors import StackError
from deploy.embedded.layout import write_private
from deploy.embedded.ports import free_port

FIRST_EMAIL = "admin@example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The fields' names in upper case are the names in `stack.env`."""

    api_port: int
    mongod_port: int
    redis_port: int
    scrapyd_port: int
    sandbox_port: int
    mongod_password: str
    redis_password: str
    scrapyd_password: str
    jwt_secret: str
    operator_token: str
    first_password: str


def load_identity(path: Path) -> Identity:
    """The identity in `path`; what is not there yet is generated and added."""
    known = _read(path)
    complete = _completed(known)
    identity = Identity(**complete)  # type: ignore[arg-type]  # _completed made each field's type
    if any(name.upper() not in known for name in complete):
        _write(path, identity)
    return identity


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = [line for line in path.read_text().splitlines() if "=" in line]
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def _completed(known: dict[str, str]) -> dict[str, int | str]:
    values: dict[str, int | str] = {}
    for field in fields(Identity):
        text = known.get(field.name.upper(), "")
        if field.type is int:
            values[field.name] = _port(field.name.upper(), text) if text else 0
        else:
            values[field.name] = text or secrets.token_hex(24)
    for name in [name for name, value in values.items() if value == 0]:
        values[name] = free_port(frozenset(v for v in values.values() if isinstance(v, int)))
    return values


def _port(name: str, text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise StackError(f"{name}={text} in stack.env is not a port number")
    return int(text)


def _write(path: Path, identity: Identity) -> None:
    lines = ["# Made once by `make up`. Ports may be changed while the stack is down."]
    lines += [f"{name.upper()}={value}" for name, value in asdict(identity).items()]
    write_private(path, "\n".join(lines) + "\n")
