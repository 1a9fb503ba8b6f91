"""What to crawl, as a person says it: a type, lines of targets, a few settings, the rest as JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import current_app, request
from pydantic import ValidationError

from control_api.http.context import current_actor, services
from control_api.http.errors.validation_messages import messages_from_validation_error
from control_api.services.errors import InvalidInput
from control_api.services.jobs.creating.job_request import JobRequest
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.jobs.types.search import SERVED_SEARCH
from control_api.services.records import Job, Priority, Target
from spiders.sites.marketplaces import MARKETPLACES

# In the app's config: whether there is a practice store.
PRACTICE = "PRACTICE_STORE"
MAX_TARGETS = 10_000
_PRACTICE_CODE = "sandbox"
_TEXTS = ("marketplace", "deliverTo", "priority")
_NUMBERS = ("maxPages",)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlChoices:
    """What a form of crawls offers."""

    kinds: Sequence[tuple[str, str]]
    marketplaces: Sequence[tuple[str, str]]
    priorities: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlAsked:
    """The form as it was sent, to be shown again."""

    kind: str = SERVED_SEARCH.name
    targets: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    more: str = ""
    skips_invalid: bool = False

    @classmethod
    def of_form(cls) -> CrawlAsked:
        return cls(
            kind=request.form.get("type", ""),
            targets="\n".join([request.form.get("targets", ""), *_uploaded()]).strip("\n"),
            settings={name: request.form.get(name, "").strip() for name in (*_TEXTS, *_NUMBERS)},
            more=request.form.get("more", "").strip(),
            skips_invalid=request.form.get("skip") == "1",
        )

    @classmethod
    def of_crawl(cls, kind: str, targets: Sequence[str], config: dict[str, Any]) -> CrawlAsked:
        rest = {name: value for name, value in config.items() if name not in (*_TEXTS, *_NUMBERS)}
        shown = {
            name: str(config[name])
            for name in (*_TEXTS, *_NUMBERS)
            if isinstance(config.get(name), str | int)
        }
        rest |= {name: config[name] for name in config if name in _TEXTS and name not in shown}
        more = orjson.dumps(rest, option=orjson.OPT_INDENT_2).decode() if rest else ""
        return cls(kind=kind, targets="\n".join(targets), settings=shown, more=more)

    def lines(self) -> list[str]:
        """Empty ones too: a refusal names the line by its number."""
        return self.targets.splitlines()

    def to_request(self) -> JobRequest:
        """Raises InvalidInput."""
        if self.kind not in REQUEST_FORMS:
            raise InvalidInput(f"type must be one of {', '.join(REQUEST_FORMS)}")
        lines = self.lines()
        if not any(line.strip() for line in lines):
            raise InvalidInput("Write at least one target, each on a line of its own")
        if len(lines) > MAX_TARGETS:
            raise InvalidInput(
                f"A job has {MAX_TARGETS:,} targets at most, these are {len(lines):,}"
            )
        return JobRequest(
            kind=self.kind,
            targets=lines,
            config=self._config(),
            skips_invalid=self.skips_invalid,
        )

    def _config(self) -> dict[str, Any]:
        config = _object_from_json(self.more) if self.more else {}
        for name, text in self.settings.items():
            if text:
                config[name] = _number(name, text) if name in _NUMBERS else text
        try:
            read = REQUEST_FORMS[self.kind].config.model_validate(config)
        except ValidationError as error:
            messages = messages_from_validation_error(error)
            raise InvalidInput(messages[0], messages if len(messages) > 1 else ()) from error
        return read.model_dump(exclude_unset=True)


def crawl_choices() -> CrawlChoices:
    stores = [(code, store.host) for code, store in MARKETPLACES.items()]
    if not current_app.config[PRACTICE]:
        stores = [(code, host) for code, host in stores if code != _PRACTICE_CODE]
    return CrawlChoices(
        kinds=[(name, f"{name}: {form.targets}") for name, form in REQUEST_FORMS.items()],
        marketplaces=stores,
        priorities=[one.value for one in Priority],
    )


def job_with_targets(job_id: str) -> tuple[Job, Sequence[Target]]:
    """All that were asked for: a job's view has the first ones alone. Variants are found again by the
    products that they were found by."""
    found = services().jobs.list_targets(
        current_actor(), job_id, status=None, limit=MAX_TARGETS, offset=0
    )
    asked = [target for target in found.targets if not target.params.get("parentTarget")]
    return found.job, asked


def _uploaded() -> list[str]:
    """The lines of a file; of a CSV file its first column."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return []
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file must be a text in UTF-8") from error
    if file.filename.lower().endswith(".csv"):
        return _first_column(text)
    lines: list[str] = text.splitlines()
    return lines


def _first_column(text: str) -> list[str]:
    try:
        return [row[0] if row else "" for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error as error:
        raise InvalidInput(f"The file is no CSV: {error}") from error


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise InvalidInput(f"{name} must be a whole number")
    return int(text)


def _object_from_json(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"More settings: this is not JSON, {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput('More settings must be a JSON object, as {"maxResults": 50}')
    return found
