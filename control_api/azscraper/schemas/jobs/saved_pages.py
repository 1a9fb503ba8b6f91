from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from control_api.http.schemas import Answer, Envelope, ListMeta, Moment, Offset, Query

_TIME = "(ISO 8601, in UTC)"
_INDEX = "The target's place in `GET /jobs/{id}/targets`, from 0."

TargetIndex = Annotated[int, Field(ge=0, lt=1_000_000, description=_INDEX)]


class SavedPagePath(BaseModel):
    id: str
    index: TargetIndex


class SavedPageQuery(Query):
    number: Annotated[
        int | None,
        Field(
            ge=1,
            le=1_000,
            description="Which of the target's pages, as the list numbers them. Left out: the last one.",
        ),
    ] = None


class SavedPagesQuery(Query):
    target: Annotated[
        int | None,
        Field(
            ge=0, lt=1_000_000, description="Only the pages of the target at this place, from 0."
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0


class PageFailureOut(Answer):
    code: Annotated[str, Field(description="Why the page is no good, for programs.")]
    message: Annotated[str, Field(description="The same in words.")]


class SavedPageOut(Answer):
    target: Annotated[
        int,
        Field(description=_INDEX, validation_alias=AliasChoices("target", "target_index")),
    ]
    number: Annotated[int, Field(description="The page's place among those of its target, from 1.")]
    url: Annotated[str, Field(description="The address that answered.")]
    requestedUrl: Annotated[str, Field(description="The address that was asked for.")]
    status: Annotated[int, Field(description="The HTTP status of the answer.")]
    headers: Annotated[
        dict[str, str],
        Field(description="Those headers of the answer that tell of its text. No cookies."),
    ]
    encoding: Annotated[
        str | None, Field(description="The encoding that header or page declare, if any.")
    ]
    size: Annotated[int, Field(description="The length of the body in bytes.")]
    storedBytes: Annotated[int, Field(description="What the compressed body takes.")]
    fetchedAt: Annotated[Moment, Field(description=f"When the page was read first {_TIME}.")]
    expiresAt: Annotated[Moment, Field(description=f"When it is removed at the latest {_TIME}.")]
    engine: Annotated[
        Literal["http", "browser"], Field(description="Who loaded it: a plain client or a browser.")
    ]
    place: Annotated[str | None, Field(description="The place of delivery that was asked for.")]
    lang: Annotated[str | None, Field(description="The language that was asked for.")]
    parserVersion: Annotated[str, Field(description="The parser that read it first.")]
    failure: Annotated[
        PageFailureOut | None,
        Field(description="Why its target failed by it; null of a good page."),
    ]
    rowCount: Annotated[int, Field(description="How many rows of the job were read from it.")]


class SavedPagesMeta(ListMeta):
    keeps: Annotated[
        Literal["off", "failed", "all"],
        Field(description="Which pages the installation keeps now: `KEEP_PAGES`."),
    ]


class SavedPagesAnswer(Envelope):
    data: list[SavedPageOut]
    meta: SavedPagesMeta


class PageSourceOut(Answer):
    name: Annotated[str, Field(description="The place of the page that was asked.")]
    value: Annotated[Any, Field(description="What it says; null where it says nothing.")]
    won: Annotated[bool, Field(description="Whether the field has its value from here.")]


class ExplainedFieldOut(Answer):
    field: Annotated[str, Field(description="The field of the row.")]
    value: Annotated[Any, Field(description="The field's value; a long one is cut.")]
    readIn: Annotated[
        str | None, Field(description="The module that reads it, where the page's own does not.")
    ]
    sources: Annotated[
        list[PageSourceOut],
        Field(description="Where it is looked for, in order of trust. Empty: it has one source."),
    ]


class PageReadingOut(Answer):
    page: Annotated[SavedPageOut, Field(description="The page that was read.")]
    problem: Annotated[
        str | None,
        Field(description="Why the parser could not read the page at all; then nothing is read."),
    ]
    pageStatus: Annotated[
        str | None, Field(description="What kind of page the parser sees, such as `ok`.")
    ]
    failure: Annotated[
        PageFailureOut | None, Field(description="Why a target would fail by it today.")
    ]
    parserVersion: Annotated[str | None, Field(description="The parser of today.")]


class ExplanationOut(PageReadingOut):
    summary: Annotated[str | None, Field(description="What was read, in a few words.")]
    fields: Annotated[
        list[ExplainedFieldOut],
        Field(description="The fields of the last row of the page, each with its sources."),
    ]
    rows: Annotated[
        list[dict[str, Any]],
        Field(description="The rows as they would be read today."),
    ]


class ExplanationAnswer(Envelope):
    data: ExplanationOut


class ReadChangeOut(Answer):
    field: Annotated[str, Field(description="The field, such as `price.amount`.")]
    stored: Annotated[Any, Field(description="Its value in the stored row; null for none.")]
    now: Annotated[Any, Field(description="Its value as read today; null for none.")]


class ReplayedRowOut(Answer):
    state: Annotated[
        Literal["changed", "only_stored", "only_now"],
        Field(description="Whether the row is read otherwise, no more, or for the first time."),
    ]
    page: Annotated[int | None, Field(description="The stored row's page, as rows name it.")]
    position: Annotated[int | None, Field(description="The stored row's place on its page.")]
    changes: Annotated[
        list[ReadChangeOut], Field(description="The fields that are read otherwise.")
    ]


class ReplayCountsOut(Answer):
    same: Annotated[int, Field(description="Rows that are read as they are stored.")]
    changed: Annotated[int, Field(description="Rows with a field that is read otherwise.")]
    onlyStored: Annotated[int, Field(description="Stored rows that are not read any more.")]
    onlyNow: Annotated[int, Field(description="Rows that are not stored.")]


class ReplayOut(PageReadingOut):
    isSame: Annotated[
        bool | None,
        Field(
            description="Whether every row is read as it is stored. Null: there is nothing to compare, for the page is of "
            "another kind than the job's rows, or could not be read."
        ),
    ]
    counts: Annotated[ReplayCountsOut | None, Field(description="Rows by what became of them.")]
    rows: Annotated[
        list[ReplayedRowOut], Field(description="The rows that are not the same, in their order.")
    ]


class ReplayAnswer(Envelope):
    data: ReplayOut
