"""Crawl nodes on machines of their own: network namespaces on one bridge, whose cables can be pulled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.children import start_child, stop_child

SUBNET = "10.213.77"
HUB = f"{SUBNET}.1"
RELAY = str(Path(__file__).with_name("relay.py"))


def obstacle() -> str | None:
    """Why there can be no namespaces here."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "network namespaces need the command ip (iproute2)"
    probe = subprocess.run(["ip", "netns", "add", "azs-probe"], capture_output=True, text=True)
    if probe.returncode != 0:
        return f"no network namespaces here: {probe.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", "azs-probe"], check=True)
    return None


@dataclass(frozen=True)
class Machine:
    """`address` is its own; the stores are at 127.0.0.1 for it, through a relay."""

    name: str
    cable: str
    address: str

    @property
    def prefix(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def pull_cable(self) -> None:
        _run("ip", "link", "set", self.cable, "down")

    def plug_cable(self) -> None:
        _run("ip", "link", "set", self.cable, "up")

    def lose_power(self) -> None:
        """Every process of it ends at once."""
        for pid in self._pids():
            os.kill(pid, signal.SIGKILL)

    def _pids(self) -> list[int]:
        done = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True
        )
        return [int(pid) for pid in done.stdout.split()]


@contextmanager
def machines(count: int, *, ports: Sequence[int], folder: Path) -> Iterator[list[Machine]]:
    """`ports` of 127.0.0.1 here are at the same ports of 127.0.0.1 there."""
    bridge = f"azsbr{os.getpid() % 10_000}"
    words = [str(port) for port in ports]
    with ExitStack() as stack:
        stack.callback(_run_anyway, "ip", "link", "delete", bridge)
        _run("ip", "link", "add", bridge, "type", "bridge")
        _run("ip", "addr", "add", f"{HUB}/24", "dev", bridge)
        _run("ip", "link", "set", bridge, "up")
        hub = [sys.executable, RELAY, HUB, "127.0.0.1", *words]
        stack.callback(stop_child, start_child(hub, log=folder / "hub.log"))
        made = []
        for number in range(count):
            machine = Machine(f"{bridge}n{number}", f"{bridge}v{number}", f"{SUBNET}.{number + 11}")
            _make(machine, bridge, stack)
            spoke = [*machine.prefix, sys.executable, RELAY, "127.0.0.1", HUB, *words]
            stack.callback(stop_child, start_child(spoke, log=folder / f"spoke{number}.log"))
            made.append(machine)
        yield made


def _make(machine: Machine, bridge: str, stack: ExitStack) -> None:
    stack.callback(_run_anyway, "ip", "netns", "delete", machine.name)
    _run("ip", "netns", "add", machine.name)
    stack.callback(machine.lose_power)
    inner = f"{machine.cable}i"
    # The namespace takes its end of the cable along, but only when its last process is gone.
    stack.callback(_run_anyway, "ip", "link", "delete", machine.cable)
    _run("ip", "link", "add", machine.cable, "type", "veth", "peer", "name", inner)
    _run("ip", "link", "set", machine.cable, "master", bridge, "up")
    _run("ip", "link", "set", inner, "netns", machine.name)
    for words in (
        ["link", "set", "lo", "up"],
        ["addr", "add", f"{machine.address}/24", "dev", inner],
        ["link", "set", inner, "up"],
    ):
        _run("ip", "-n", machine.name, *words)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _run_anyway(*command: str) -> None:
    subprocess.run(command, check=False, capture_output=True)
