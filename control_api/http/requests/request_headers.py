from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field


class IdempotencyHeader(BaseModel):
    idempotency_key: Annotated[
        str | None, Field(alias="Idempotency-Key", min_length=1, max_length=255)
    ] = None


class PreferHeader(BaseModel):
    prefer: Annotated[
        str | None,
        Field(
            alias="Prefer",
            description="`wait=N` holds the answer until the job has ended, for N seconds at most (and never longer than 30). "
            "Without `Preference-Applied` in the answer nothing was waited for.",
        ),
    ] = None


class CreateHeaders(IdempotencyHeader, PreferHeader):
    pass
