"""Of a PATCH: what is left out stays as it is, and `null` is no way to say so."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from control_api.azscraper.schemas.account.projects import UpdateProjectBody
from control_api.azscraper.schemas.schedules import UpdateScheduleBody
from control_api.azscraper.schemas.webhooks import UpdateWebhookBody
from control_api.http.schemas import ChangeBody
from control_api.operator.schemas.nodes import ChangeNodeBody
from control_api.v1.schemas.schedules import UpdateSpiderScheduleBody
from control_api.v1.schemas.spiders import UpdateSpiderBody

BODIES: list[type[ChangeBody]] = [
    ChangeNodeBody,
    UpdateProjectBody,
    UpdateScheduleBody,
    UpdateWebhookBody,
    UpdateSpiderScheduleBody,
    UpdateSpiderBody,
]
MAY_BE_EMPTIED = {
    (UpdateScheduleBody, "name"),
    (UpdateSpiderScheduleBody, "name"),
    (UpdateSpiderBody, "description"),
    (UpdateSpiderBody, "repo_id"),
}


@pytest.mark.parametrize(
    ("body", "field"), [(body, field) for body in BODIES for field in body.model_fields]
)
def test_null_is_refused_but_where_a_field_may_be_emptied(
    body: type[ChangeBody], field: str
) -> None:
    if (body, field) in MAY_BE_EMPTIED:
        assert body.model_validate({field: None}).model_dump(exclude_unset=True) == {field: None}
        return
    with pytest.raises(ValidationError, match=f"{field} must not be null"):
        body.model_validate({field: None})


@pytest.mark.parametrize("body", BODIES)
def test_everything_may_be_left_out(body: type[ChangeBody]) -> None:
    assert body.model_validate({}).model_dump(exclude_unset=True) == {}
