"""Crawl nodes on machines of their own: network namespaces on one bridge, whose cables can be pulled."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.children import start_child, stop_child

RELAY = str(Path(__file__).with_name("relay.py"))
# What we make carries our process id: whatever is left of a process that was killed can be told.
_OURS = re.compile(r"\b(azsb(\d+)(?:n\d+|v\d+i?)?)\b")


def obstacle() -> str | None:
    """Why there can be no such machines here, although we are root."""
    if shutil.which("ip") is None:
        return "network namespaces need the command ip (iproute2)"
    try:
        with ExitStack() as stack:
            bridge = _make_bridge(_free_subnet(), stack)
            _make(_machine(bridge, _free_subnet(), 0), bridge, stack)
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.cmd}: {error.stderr.decode().strip()}"
    return None


def leftovers() -> list[str]:
    """Namespaces and links by the names that `machines` gives, of this process or of dead ones."""
    shown = _run("ip", "netns", "list") + _run("ip", "-oneline", "link")
    names = {match[1]: int(match[2]) for match in _OURS.finditer(shown)}
    return sorted(name for name, pid in names.items() if pid == os.getpid() or not _is_alive(pid))


def remove_leftovers() -> None:
    for name in leftovers():
        if "n" in name:
            for pid in _run_anyway("ip", "netns", "pids", name).split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            _run_anyway("ip", "netns", "delete", name)
        else:
            _run_anyway("ip", "link", "delete", name)


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
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def pids(self) -> list[int]:
        return [int(pid) for pid in _run("ip", "netns", "pids", self.name).split()]


@contextmanager
def machines(count: int, *, ports: Sequence[int], folder: Path) -> Iterator[list[Machine]]:
    """`ports` of 127.0.0.1 here are at the same ports of 127.0.0.1 there."""
    remove_leftovers()
    words = [str(port) for port in ports]
    subnet = _free_subnet()
    with ExitStack() as stack:
        bridge = _make_bridge(subnet, stack)
        hub = [sys.executable, RELAY, f"{subnet}.1", "127.0.0.1", *words]
        stack.callback(stop_child, start_child(hub, log=folder / "hub.log"))
        made = []
        for number in range(count):
            machine = _machine(bridge, subnet, number)
            _make(machine, bridge, stack)
            spoke = [*machine.prefix, sys.executable, RELAY, "127.0.0.1", f"{subnet}.1", *words]
            stack.callback(stop_child, start_child(spoke, log=folder / f"spoke{number}.log"))
            made.append(machine)
        yield made


def _free_subnet() -> str:
    """One that no other run of these tests has on this machine."""
    taken = _run("ip", "-oneline", "addr")
    return next(
        subnet for third in range(1, 255) if f"{(subnet := f'10.213.{third}')}." not in taken
    )


def _machine(bridge: str, subnet: str, number: int) -> Machine:
    return Machine(f"{bridge}n{number}", f"{bridge}v{number}", f"{subnet}.{number + 11}")


def _make_bridge(subnet: str, stack: ExitStack) -> str:
    bridge = f"azsb{os.getpid()}"
    stack.callback(_run_anyway, "ip", "link", "delete", bridge)
    _run("ip", "link", "add", bridge, "type", "bridge")
    _run("ip", "addr", "add", f"{subnet}.1/24", "dev", bridge)
    _run("ip", "link", "set", bridge, "up")
    return bridge


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


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def _run_anyway(*command: str) -> str:
    return subprocess.run(command, check=False, capture_output=True).stdout.decode()


def _is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
