"""`config` of a job: the settings of all types in one model, since a setting that has no effect on the
job's type is named in a warning and is no error."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import create_model

from control_api.http.nearest import did_you_mean
from control_api.services.jobs.types.config import AmazonConfig
from control_api.services.jobs.types.registry import REQUEST_FORMS

if TYPE_CHECKING:
    JobConfig = AmazonConfig
else:
    _MODELS = tuple(form.config for form in REQUEST_FORMS.values())
    JobConfig = create_model("JobConfig", __base__=_MODELS, __module__=__name__)


def settings_without_effect(config: JobConfig, kind: str) -> Iterator[tuple[str, str]]:
    """(key, message) of what has no effect on a job of `kind`: unknown names, and settings of other
    types alone."""
    for name in config.model_extra or {}:
        meant = did_you_mean(name, JobConfig.model_fields)
        yield name, f"`{name}` is not a setting and has no effect{meant}"
    known = REQUEST_FORMS[kind].config.model_fields
    for form in REQUEST_FORMS.values():
        for name in form.config.own_settings():
            if name not in known and getattr(config, name) is not None:
                yield (
                    name,
                    f"`{name}` has no effect on a {kind} job: it is a setting of {form.plural}",
                )
    for name in sorted(REQUEST_FORMS[kind].without_effect):
        if getattr(config, name) is not None:
            yield name, f"`{name}` has no effect on a {kind} job"
    for name, other in REQUEST_FORMS[kind].beside.items():
        if getattr(config, name) is not None and not getattr(config, other):
            yield name, f"`{name}` has no effect on a {kind} job without `{other}`"
