"""Builds the egg and sends it. All is told by the environment: arguments show in the process list."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from deploy.update.build import build_egg
from deploy.update.errors import DeployError, UsageError
from deploy.update.label import version_label
from deploy.update.node import Node
from deploy.update.service import Service, drained, service_from_environment
from deploy.update.target import node_from_environment

ROOT = Path(__file__).resolve().parents[2]
_DRAIN_SECONDS = "3600"


def deploy(environ: Mapping[str, str], root: Path) -> None:
    label = version_label(environ, root)
    service = service_from_environment(environ)
    with ExitStack() as stack:
        node = stack.enter_context(closing(Node(node_from_environment(environ))))
        node.check()
        egg = build_egg(root)
        print(f"Version {label}: an egg of {len(egg) // 1024} kB", flush=True)
        if service is not None:
            stack.enter_context(closing(service))
            _drain(stack, service, node, _seconds(environ))
        node.upload(egg, label)
        spiders = ", ".join(node.spiders(label))
    print(f"{node.name} starts its crawlers from {label} now: {spiders}")
    if service is None:
        print("Those that run go on with what they began with; drain the node to end them.")


def _drain(stack: ExitStack, service: Service, node: Node, seconds: float) -> None:
    stack.enter_context(drained(service, node.name, busy=node.busy, patience_seconds=seconds))


def _seconds(environ: Mapping[str, str]) -> float:
    try:
        return float(environ.get("DRAIN_SECONDS") or _DRAIN_SECONDS)
    except ValueError as error:
        raise UsageError("DRAIN_SECONDS is no number of seconds") from error


def main() -> int:
    try:
        deploy(os.environ, ROOT)
    except DeployError as error:
        print(f"azscraper: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
