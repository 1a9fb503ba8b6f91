"""What a client asks for, turned into targets that a crawler can take. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from control_api.services.errors import InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import MAX_NAMED, read_texts, skipped_warnings
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
    form = REQUEST_FORMS[request.kind]
    found = read_texts(request.targets, form.reader(request.config, request.defaults).read)
    if found.bad and not (request.skips_invalid and found.targets):
        raise form.refusal(len(found.bad), [one.as_detail() for one in found.bad[:MAX_NAMED]])
    if not found.targets:
        raise InvalidInput("targets should not be empty")
    return RequestedTargets(found.targets, [*skipped_warnings(found.bad), *found.warnings])
