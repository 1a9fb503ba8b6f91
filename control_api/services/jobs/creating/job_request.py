"""What a client asks for, turned into targets that a crawler can take. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from control_api.services.errors import InvalidAsin, InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import (
    MAX_NAMED,
    TargetList,
    read_texts,
    skipped_warnings,
)
from control_api.services.jobs.types.registry import REQUEST_FORMS
from control_api.services.warnings import RequestWarning
from storage.base.records import NewTarget, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """`config` is what the client sent, checked: known keys have their types, others are free."""

    kind: str
    targets: Sequence[str]
    config: Mapping[str, Any] = field(default_factory=dict)
    # Texts that name no target are left out, and named in the warnings.
    skips_invalid: bool = False
    # Of the operator, for what `config` does not say.
    defaults: Defaults = field(default_factory=Defaults)

    @property
    def priority(self) -> Priority:
        return Priority(self.config.get("priority") or Priority.NORMAL)


@dataclass(frozen=True, slots=True)
class RequestedTargets:
    targets: Sequence[NewTarget]
    warnings: Sequence[RequestWarning]


def new_targets_from_request(request: JobRequest) -> RequestedTargets:
    """The targets in the client's order, each once, and what was not taken as it was sent.

    Raises InvalidInput for a lang or marketplace that we do not serve, and the type's own refusal for
    texts that name no target of it. Its `details` list every such text with its index and reason (the
    first 100).
    """
    found = target_list_from_request(request)
    if refusal := find_refusal(request, found):
        raise refusal
    return RequestedTargets(found.targets, warnings_of_list(found))


def target_list_from_request(request: JobRequest) -> TargetList:
    """Also what is wrong with it. Raises InvalidInput for a lang or marketplace that we do not serve."""
    reader = REQUEST_FORMS[request.kind].reader(request.config, request.defaults)
    return read_texts(request.targets, reader.read)


def find_refusal(request: JobRequest, found: TargetList) -> InvalidInput | InvalidAsin | None:
    """Why no job can be made of the list."""
    if found.bad and not (request.skips_invalid and found.targets):
        details = [one.as_detail() for one in found.bad[:MAX_NAMED]]
        return REQUEST_FORMS[request.kind].refusal(len(found.bad), details)
    if not found.targets:
        return InvalidInput("targets should not be empty")
    return None


def warnings_of_list(found: TargetList) -> list[RequestWarning]:
    return [*skipped_warnings(found.bad), *found.warnings]
