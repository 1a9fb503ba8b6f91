"""The practice store's time: its prices move with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from deploy.embedded.errors import StackError

_PATH = "/__clock"


@contextmanager
def movable_clock(store_url: str) -> Iterator[Callable[[int], None]]:
    """Gives a call that moves the store's time so many hours ahead; at the end it is as it was."""
    with httpx.Client(base_url=store_url, timeout=30, trust_env=False) as store:
        try:
            answer = store.get(_PATH).raise_for_status()
        except httpx.HTTPError as error:
            raise StackError(f"the practice store does not tell its time: {error}") from error
        before = float(answer.json()["aheadHours"])

        def move(hours: int) -> None:
            try:
                store.post(_PATH, json={"aheadHours": before + hours}).raise_for_status()
            except httpx.HTTPError as error:
                raise StackError(f"the practice store's time stands still: {error}") from error

        try:
            yield move
        finally:
            move(0)
