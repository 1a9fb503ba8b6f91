"""What a person typed, read by the same kinds of text as the API's bodies."""

from __future__ import annotations

from typing import Any, Self

from flask import request
from pydantic import BaseModel, ConfigDict, ValidationError

from control_api.http.context import current_actor, services
from control_api.http.errors.validation_messages import messages_from_validation_error
from control_api.http.schemas import MAX_OFFSET
from control_api.services.errors import InvalidInput
from control_api.services.records import Project

_MAX_PROJECTS = 1_000


class Form(BaseModel):
    """A field that was left empty is not there."""

    model_config = ConfigDict(extra="ignore")

    @classmethod
    def read(cls) -> Self:
        """Raises InvalidInput with a message for each field that is wrong."""
        lists = cls.list_fields()
        given: dict[str, Any] = {
            name: request.form.getlist(name) if name in lists else request.form[name]
            for name in request.form
            if request.form[name].strip()
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            messages = messages_from_validation_error(error)
            raise InvalidInput(messages[0], messages if len(messages) > 1 else ()) from error

    @classmethod
    def list_fields(cls) -> frozenset[str]:
        return frozenset()


def offset_asked() -> int:
    """Within what the API's lists take; storage refuses a number of any size."""
    return min(max(0, request.args.get("offset", 0, type=int)), MAX_OFFSET)


def projects_of_person() -> list[Project]:
    """Those that can take something new."""
    found, _ = services().projects.list_page(
        current_actor(), archived=False, limit=_MAX_PROJECTS, offset=0
    )
    return found


def chosen_project(text: str | None) -> str:
    """The project's id; without one the default project, which is made when first needed."""
    return text or services().projects.get_default(current_actor()).id
