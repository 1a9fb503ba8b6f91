from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self

import orjson
from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_snake

from spiders.items.formats.json_text import number_from_decimal
from spiders.items.formats.moments import text_from_instant

MAX_OFFSET = 1_000_000_000

Offset = Annotated[int, Field(ge=0, le=MAX_OFFSET)]


class Body(BaseModel):
    """A request's body: types are taken as they stand, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class OptionalBody(Body):
    """A body that may be left out: then every field has its default."""

    model_config = ConfigDict(openapi_extra={"required": False})  # type: ignore[typeddict-unknown-key]

    @model_validator(mode="before")
    @classmethod
    def _read_absent(cls, body: Any) -> Any:
        return {} if body is None else body


class ChangeBody(Body):
    """A PATCH: what is left out stays as it is. `null` is a value only where a field may be empty."""

    nullable: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _refuse_null(cls, body: Any) -> Any:
        if isinstance(body, dict):
            for name in cls.model_fields:
                if name not in cls.nullable and name in body and body[name] is None:
                    raise ValueError(f"{name} must not be null")
        return body


class Query(BaseModel):
    """A query string. Its values are text, so numbers and booleans are read from it."""


class PageQuery(Query):
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100
    offset: Offset = 0


def moment_text(at: object) -> object:
    """A time as every surface of ours writes it; what is none stays."""
    return text_from_instant(at) if isinstance(at, datetime) else at


Moment = Annotated[str, BeforeValidator(moment_text)]
# As it was counted: 5 is not written as 5.0. Of money and shares, as JSON has numbers.
Number = Annotated[
    int | float,
    BeforeValidator(lambda one: number_from_decimal(one) if isinstance(one, Decimal) else one),
    WithJsonSchema({"type": "number"}),
]


def _attribute_names(name: str) -> AliasChoices:
    """`createdAt` is read from an answer's own name, or from a record's `created_at`."""
    return AliasChoices(name, to_snake(name))


class _Shown:
    """A record with what is shown beside it, which comes first."""

    def __init__(
        self, record: object, without: frozenset[str], given: Mapping[str, object]
    ) -> None:
        self._record = record
        self._without = without
        self._given = given

    def __getattr__(self, name: str) -> object:
        if name in self._given:
            return self._given[name]
        if name in self._without:
            raise AttributeError(name)
        return getattr(self._record, name)


class Answer(BaseModel):
    """An answer. `model_validate` reads it from a record, or from its own JSON.

    An optional field that the record lacks is left out.
    """

    model_config = ConfigDict(
        extra="forbid",
        from_attributes=True,
        alias_generator=AliasGenerator(validation_alias=_attribute_names),
    )
    # Of this class alone: a subclass begins with its own (see `__pydantic_init_subclass__`).
    _json_schemas: ClassVar[dict[tuple[Any, ...], bytes]]

    @classmethod
    def read(cls, record: object, without: Collection[str] = (), **given: object) -> Self:
        """From a record, but for the fields that are `given`: those that it has in another form or not
        at all. `without`: its attributes that are left out of the answer."""
        return cls.model_validate(_Shown(record, frozenset(without), given))

    def to_plain(self) -> dict[str, Any]:
        """As it is written: without the fields that were left out, by the names that clients see."""
        return self.model_dump(exclude_unset=True, by_alias=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls._json_schemas = {}

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Made once for each class: every route names its errors' models, and to make their schemas
        anew for each of them was two thirds of the API's start."""
        key = (args, tuple(sorted(kwargs.items())))
        if key not in cls._json_schemas:
            cls._json_schemas[key] = orjson.dumps(super().model_json_schema(*args, **kwargs))
        schema: dict[str, Any] = orjson.loads(cls._json_schemas[key])
        return schema


class WarningOut(Answer):
    """`path` names the place in the request's body, or `query.NAME`."""

    path: str
    message: str


class Envelope(Answer):
    """An answer with `data`. `warnings`: what of the request was not taken as it was sent."""

    warnings: list[WarningOut] | None = None

    @classmethod
    def of(cls, data: object, *, total: int | None = None, meta: object = None) -> Self:
        """With a record as `data`; or with a page of records, of so many in all, or with the record
        `meta` that tells of the page."""
        told = {"total": total} if meta is None and total is not None else meta
        return cls.model_validate({"data": data} if told is None else {"data": data, "meta": told})


class ErrorBody(Answer):
    code: str
    message: str
    details: list[str | dict[str, str | int]]
    correlationId: str | None = None


class ErrorEnvelope(Answer):
    success: Literal[False]
    error: ErrorBody


class ListMeta(Answer):
    total: int


class Ok(Answer):
    ok: bool


class OkAnswer(Envelope):
    data: Ok


class SuccessAnswer(Answer):
    success: bool


class CountsOut(Answer):
    total: int
    pending: int
    running: int
    success: int
    failed: int
    cancelled: int
