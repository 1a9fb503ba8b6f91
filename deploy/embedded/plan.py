"""What this stack starts and what it uses from outside, decided from the caller's environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.identity import FIRST_EMAIL, Identity
from deploy.embedded.layout import PROJECT_ROOT, Layout
from deploy.embedded.servers.mongod import mongod_uri
from deploy.embedded.servers.redis_server import redis_url

MARK = "AZSCRAPER_STACK"
# The variable that replaces an embedded server by one of the user's own.
REPLACED_BY = {"mongod": "MONGODB_URI", "redis": "REDIS_URL", "scrapyd": "SCRAPYD_NODES"}
# Crawlers read strangers' pages: what they do not need is not in their environment.
_API_SECRETS = ("JWT_SECRET", "OPERATOR_TOKEN")
_NEEDS_API_SECRETS = ("api", "worker")


@dataclass(frozen=True, slots=True)
class Plan:
    identity: Identity
    layout: Layout
    environ: dict[str, str]
    external: frozenset[str]

    @property
    def mongodb_uri(self) -> str:
        return self.environ["MONGODB_URI"]

    @property
    def redis_url(self) -> str:
        return self.environ["REDIS_URL"]

    @property
    def scrapyd_nodes(self) -> list[str]:
        return [node.strip() for node in self.environ["SCRAPYD_NODES"].split(",") if node.strip()]

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.identity.api_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.identity.sandbox_port}"

    @property
    def ports(self) -> dict[str, int]:
        """Process name → the port it will listen on."""
        identity = self.identity
        ports = {
            "mongod": identity.mongod_port,
            "redis": identity.redis_port,
            "sandbox": identity.sandbox_port,
            "scrapyd": identity.scrapyd_port,
            "api": identity.api_port,
        }
        return {name: port for name, port in ports.items() if name not in self.external}

    def description(self) -> dict[str, object]:
        """The content of `stack.json`."""
        return {
            "apiUrl": self.api_url,
            "email": FIRST_EMAIL,
            "password": self.identity.first_password,
            "mongodbUri": self.mongodb_uri,
            "redisUrl": self.redis_url,
            "scrapydNodes": self.scrapyd_nodes,
            "sandboxUrl": self.sandbox_url,
        }


def make_plan(identity: Identity, layout: Layout, *, environ: Mapping[str, str]) -> Plan:
    external = frozenset(name for name, variable in REPLACED_BY.items() if environ.get(variable))
    return Plan(identity, layout, _environment(identity, layout, environ=environ), external)


def _environment(
    identity: Identity, layout: Layout, *, environ: Mapping[str, str]
) -> dict[str, str]:
    node = f"127.0.0.1:{identity.scrapyd_port}"
    ours = {
        "MONGODB_URI": mongod_uri(identity.mongod_port, password=identity.mongod_password),
        "REDIS_URL": redis_url(identity.redis_port, password=identity.redis_password),
        "SCRAPYD_NODES": f"http://azscraper:{identity.scrapyd_password}@{node}",
        "NODE_NAME": node,
        "SANDBOX_URL": f"http://127.0.0.1:{identity.sandbox_port}",
        "PUBLIC_URL": f"http://127.0.0.1:{identity.api_port}",
        "JWT_SECRET": identity.jwt_secret,
        "OPERATOR_TOKEN": identity.operator_token,
        "API_WORKERS": "2",
    }
    chosen = {name: environ.get(name) or value for name, value in ours.items()}
    return {**environ, **chosen, **_fixed(identity, layout, environ=environ)}


def _fixed(identity: Identity, layout: Layout, *, environ: Mapping[str, str]) -> dict[str, str]:
    """What no outside variable may change, or the processes would not find each other."""
    programs = str(Path(sys.executable).parent)
    return {
        MARK: layout.mark,
        "STACK_DATA": str(layout.data),
        "PROJECT_ROOT": str(PROJECT_ROOT),
        "PYTHONPATH": _python_path(environ.get("PYTHONPATH", "")),
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(layout.metrics),
        "PATH": f"{programs}:{environ.get('PATH', '/usr/bin:/bin')}",
        "MONGOD_PORT": str(identity.mongod_port),
        "MONGOD_PASSWORD": identity.mongod_password,
        "REDIS_PORT": str(identity.redis_port),
        "REDIS_PASSWORD": identity.redis_password,
        "API_PORT": str(identity.api_port),
        "SANDBOX_PORT": str(identity.sandbox_port),
        "SCRAPYD_BIND_ADDRESS": "127.0.0.1",
        "SCRAPYD_HTTP_PORT": str(identity.scrapyd_port),
        "SCRAPYD_USERNAME": "azscraper",
        "SCRAPYD_PASSWORD": identity.scrapyd_password,
    }


def _python_path(callers: str) -> str:
    """Ours first, so that no module of the caller's stands in for one of ours. The processes run in
    another folder than the caller: relative paths are made whole."""
    own = [str(Path(path).resolve()) for path in callers.split(os.pathsep) if path]
    return os.pathsep.join(dict.fromkeys([str(PROJECT_ROOT), *own]))


def environment_of(process: str, environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` without what `process` has no business to know."""
    hidden = () if process in _NEEDS_API_SECRETS else _API_SECRETS
    return {name: value for name, value in environ.items() if name not in hidden}
