from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from control_api.http.schemas import Answer, Envelope, ListMeta, Moment, Offset, Query

MAX_CATEGORIES = 1_000


class MarketplacePath(BaseModel):
    code: Annotated[str, Field(description="A marketplace's code or host: `DE`, `amazon.de`.")]


class CategoriesQuery(Query):
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="Only categories with this text in their name or slug, in any case of letters, or of this node.",
        ),
    ] = None
    language: Annotated[
        str | None,
        Field(max_length=20, description="Only those that pages in this language named."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_CATEGORIES)] = 100
    offset: Offset = 0


class CategoryOut(Answer):
    target: Annotated[
        str, Field(description="The text by which a `bestsellers` job asks for its list.")
    ]
    name: Annotated[str, Field(description="Its name, in the page's language.")]
    slug: Annotated[
        str | None, Field(description="Its department's word in addresses; `null` where none is.")
    ]
    nodeId: Annotated[
        str | None, Field(description="Its browse node; `null` for a whole department.")
    ]
    path: Annotated[
        list[str] | None,
        Field(
            description="Its name and those of the categories above it, outermost first; `null` until a list of its own was read."
        ),
    ]
    language: Annotated[str | None, Field(description="The language of the page that named it.")]
    seenAt: Annotated[Moment, Field(description="When a page named it last.")]


class CategoriesAnswer(Envelope):
    data: list[CategoryOut]
    meta: ListMeta
