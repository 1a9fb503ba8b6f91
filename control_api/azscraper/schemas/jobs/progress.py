from __future__ import annotations

from typing import Annotated

from pydantic import Field

from control_api.http.schemas import Answer, Envelope, Moment, Query

_TIME = "(ISO 8601, in UTC)"


class MomentOut(Answer):
    at: Annotated[Moment, Field(description=f"When it happened {_TIME}.")]
    event: Annotated[
        str,
        Field(
            description="What happened, for programs: `created`, `fed`, `claimed`, `started`, `first_row`, "
            "`redelivered`, `attempt_lost`, `cancelled`, `fenced`, `ended`, `webhooks_told`, `webhook_tried`."
        ),
    ]
    text: Annotated[str, Field(description="The same for people, with its numbers.")]


class TimelineAnswer(Envelope):
    data: list[MomentOut]


class ThroughputQuery(Query):
    points: Annotated[
        int,
        Field(ge=1, le=1_000, description="At most so many cells, each a second long at least."),
    ] = 60


class CellOut(Answer):
    at: Annotated[Moment, Field(description=f"When the cell begins {_TIME}.")]
    success: Annotated[int, Field(description="Targets that succeeded within it.")]
    failed: Annotated[int, Field(description="Targets that failed within it.")]


class ThroughputMeta(Answer):
    cellSeconds: Annotated[
        float, Field(description="How long each cell is; 0 before the job has started.")
    ]


class ThroughputAnswer(Envelope):
    data: list[CellOut]
    meta: ThroughputMeta


class FieldCoverageOut(Answer):
    field: Annotated[str, Field(description="The field, as in `fields`: such as `price.amount`.")]
    filled: Annotated[int, Field(description="Rows that have a value there.")]
    empty: Annotated[int, Field(description="Rows that have none, or an empty text or list.")]


class CoverageMeta(Answer):
    counted: Annotated[int, Field(description="Rows that were looked at: the first 20,000.")]
    total: Annotated[int, Field(description="Rows that the job has stored so far.")]


class CoverageAnswer(Envelope):
    data: list[FieldCoverageOut]
    meta: CoverageMeta
