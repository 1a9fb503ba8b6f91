"""Answers that are given later: when a job has ended (`Prefer: wait=N`, RFC 7240), or a piece of work is done.

A view makes its answer as ever, and leaves in the request's environ how to make it anew. The server
(server.py) holds such a request in its event loop, where it costs no thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any

from flask import Response, current_app, request
from werkzeug.http import parse_list_header

from control_api.http.context import current_actor, services, set_actor
from control_api.http.json_text import json_answer, json_bytes
from control_api.http.requests.request_warnings import enveloped
from control_api.http.schemas import Answer
from control_api.services.errors import ServiceError, StorageAway
from control_api.services.records import Job

log = logging.getLogger(__name__)

MAX_SECONDS = 30
WAITING = "azscraper.waiting"
_LOOK_SECONDS = 0.1
# A plain WSGI server can only wait in a thread of its own few: one request of the process may.
_IN_THREAD = BoundedSemaphore(1)


class Places:
    """How many requests of this process may wait at the same time."""

    def __init__(self, count: int) -> None:
        self._free = BoundedSemaphore(count)

    def take(self) -> bool:
        return self._free.acquire(blocking=False)

    def give_back(self) -> None:
        self._free.release()


@dataclass(frozen=True, slots=True)
class Late:
    """What a request that waited is answered; `status` None: as was said when it began to wait.
    `headers` go in the place of those of the same names."""

    body: bytes
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """`until`: the job of this id has ended, or this work is done. `again` makes the answer anew. It may block."""

    until: str | Future[Any]
    seconds: float
    again: Callable[[], Late]


class Waiting:
    """The server's offer to one request; `wait` is set when the request took it."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.wait: Wait | None = None

    def take(self, wait: Wait) -> bool:
        if self._places.take():
            self.wait = wait
        return self.wait is not None

    def leave(self) -> None:
        if self.wait is not None:
            self.wait = None
            self._places.give_back()


def seconds_from_prefer(text: str | None) -> int | None:
    """The seconds to wait, at most MAX_SECONDS; None where no wait is asked for that can be read.

    The first `wait` counts, and what is no number is as if it were not there (RFC 7240, section 2).
    """
    for preference in parse_list_header(text or ""):
        name, _, value = preference.partition(";")[0].partition("=")
        digits = value.strip().strip('"')
        if name.strip().lower() == "wait" and digits.isascii() and digits.isdigit():
            return min(int(digits[:9]), MAX_SECONDS) or None
    return None


def answer_when_ended(
    job: Job,
    first: Answer,
    *,
    again: Callable[[], Answer],
    prefer: str | None,
    status: int = 200,
) -> Response:
    """`first` now; or what `again` says once the job has ended or the time is over.

    Without `Preference-Applied` in the answer nothing was waited for.
    """
    response = json_answer(first, status)
    seconds = seconds_from_prefer(prefer)
    if seconds is None or request.method == "HEAD":
        return response
    if job.is_open:
        wait = Wait(job.id, seconds, _later(again, first))
        waiting: Waiting | None = request.environ.get(WAITING)
        if waiting is None:
            late = _wait_in_thread(wait)
            if late is None:
                return response
            response.set_data(late.body)
            response.status_code = late.status or status
        elif not waiting.take(wait):
            return response
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def answer_when_done(
    first: Response, work: Future[Any], *, again: Callable[[], Late], seconds: float
) -> Response:
    """`first` where nothing can wait or the time is over; else what `again` says once `work` is done.

    `again` runs outside of the request.
    """

    def make() -> Late:
        return again() if work.done() else Late(first.get_data())

    wait = Wait(work, seconds, make)
    waiting: Waiting | None = request.environ.get(WAITING)
    if waiting is not None:
        waiting.take(wait)
        return first
    late = _wait_in_thread(wait)
    if late is not None:
        first.set_data(late.body)
        first.status_code = late.status or first.status_code
        first.headers.update(late.headers)
    return first


def _later(again: Callable[[], Answer], first: Answer) -> Callable[[], Late]:
    app, actor = current_app._get_current_object(), current_actor()  # type: ignore[attr-defined]

    # They are the request's, which is over when the answer is made anew.
    said = enveloped(first.to_plain())
    warnings = {"warnings": said["warnings"]} if "warnings" in said else {}

    path, is_read = request.path, request.method == "GET"

    def make() -> Late:
        # For the errors' dialect, which the path decides.
        with app.test_request_context(path):
            set_actor(actor)
            try:
                return Late(json_bytes({**again().to_plain(), **warnings}))
            except ServiceError as error:
                if is_read:
                    refusal: Response = app.handle_user_exception(error)
                    return Late(refusal.get_data(), refusal.status_code)
                # What a create or a retry wrote is told, whatever became of the job since.
            except StorageAway as error:
                # What was said of the job is worth more than an error.
                log.warning("a job that was waited for cannot be read: %s", type(error).__name__)
        return Late(json_bytes(said))

    return make


def _wait_in_thread(wait: Wait) -> Late | None:
    """None when another request waits so."""
    if not _IN_THREAD.acquire(blocking=False):
        return None
    try:
        if isinstance(wait.until, Future):
            futures.wait([wait.until], timeout=wait.seconds)
            return wait.again()
        until = time.monotonic() + wait.seconds
        while time.monotonic() < until and services().jobs.open_among([wait.until]):
            time.sleep(_LOOK_SECONDS)
    finally:
        _IN_THREAD.release()
    return wait.again()
