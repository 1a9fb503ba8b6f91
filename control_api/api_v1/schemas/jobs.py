from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field, RootModel

from control_api.api_v1.statuses import StatusWord
from control_api.azscraper.schemas.base import Body, Offset, Query
from control_api.scrapemaster.schemas.jobs import PageJobBody
from control_api.services.errors import InvalidInput

MOST_JOBS = 100
_SPIDER_NAMES = ("spider_id", "spider_name")


class V1JobPath(BaseModel):
    id: str


class SpiderJobBody(Body):
    """`spider_id` or `spider_name`; `arguments` as the spider declares them, scalars only."""

    spider_id: Annotated[str, Field(max_length=100)] | None = None
    spider_name: Annotated[str, Field(max_length=200)] | None = None
    arguments: dict[str, str | int | float | bool | None] | None = None


class CreateV1JobBody(RootModel[PageJobBody | SpiderJobBody]):
    """What the body names decides: `url` a page job, `spider_id` or `spider_name` a spider job."""

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> CreateV1JobBody:
        # A union's own messages would speak of both kinds at once.
        return cls.model_construct(_kind_of(obj).model_validate(obj, **options))


class V1JobsQuery(Query):
    """`limit`: more than 100 is 100."""

    skip: Offset = 0
    limit: Annotated[int, Field(ge=1)] = 50
    status: StatusWord | None = None
    spider_id: Annotated[str, Field(max_length=100)] | None = None


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
