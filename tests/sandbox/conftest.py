import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sandbox.goods.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[2]
SEED = 1
HOUR = 491_000

StartSandbox = Callable[..., str]


@contextmanager
def running_sandbox(*options: str) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--seed", str(SEED), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait(timeout=5)
        process.stdout.close()


@pytest.fixture
def start_sandbox() -> Iterator[StartSandbox]:
    """Start a real server with the given options; returns its URL."""
    with ExitStack() as stack:
        yield lambda *options: stack.enter_context(running_sandbox(*options))


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with running_sandbox() as url:
        yield url


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue(seed=SEED, products=100_000)
