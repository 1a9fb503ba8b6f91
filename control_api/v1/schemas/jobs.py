from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from control_api.http.schemas import Body, Offset, Query
from control_api.services.errors import InvalidInput
from control_api.v1.schemas.page_jobs import PageJobBody, PageJobOut, PageJobRow
from control_api.v1.schemas.spider_jobs import SpiderJobOut, SpiderJobRow
from control_api.v1.statuses import StatusWord

MAX_JOBS = 100
_SPIDER_NAMES = ("spider_id", "spider_name")


class V1JobPath(BaseModel):
    id: str


class SpiderJobBody(Body):
    """`spider_id` or `spider_name`; `arguments` as the spider declares them, scalars only."""

    spider_id: Annotated[str, Field(max_length=100)] | None = None
    spider_name: Annotated[str, Field(max_length=200)] | None = None
    arguments: dict[str, str | int | float | bool | None] | None = None


def _one_of(schema: dict[str, Any]) -> None:
    """pydantic says anyOf, for it tries them in turn; here no two can match."""
    union = schema.get("items", schema)
    union["oneOf"] = union.pop("anyOf")


class CreateV1JobBody(RootModel[PageJobBody | SpiderJobBody]):
    """What the body names decides: `url` a page job, `spider_id` or `spider_name` a spider job."""

    model_config = ConfigDict(json_schema_extra=_one_of)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> CreateV1JobBody:
        # A union's own messages would speak of both kinds at once.
        return cls.model_construct(_kind_of(obj).model_validate(obj, **options))


class V1Job(RootModel[PageJobOut | SpiderJobOut]):
    model_config = ConfigDict(json_schema_extra=_one_of)


class V1JobRows(RootModel[list[PageJobRow | SpiderJobRow]]):
    model_config = ConfigDict(json_schema_extra=_one_of)


class V1JobsQuery(Query):
    """`limit`: more than 100 is 100."""

    skip: Offset = 0
    limit: Annotated[int, Field(ge=1)] = 50
    status: StatusWord | None = None
    spider_id: Annotated[str, Field(max_length=100)] | None = None
    schedule_id: Annotated[str, Field(max_length=100)] | None = None


def _kind_of(body: Any) -> type[PageJobBody] | type[SpiderJobBody]:
    named = {name for name in _SPIDER_NAMES if body.get(name) is not None}
    is_page = "url" in body
    if named and is_page:
        raise InvalidInput("body must name a url, or a spider, not both")
    if named:
        return SpiderJobBody
    if is_page or "selectors" in body:
        return PageJobBody
    raise InvalidInput("Missing spider_id or spider_name")
