"""Ids of stored objects. Opaque to everyone else."""

from __future__ import annotations

from datetime import datetime

from bson import ObjectId


def new_id() -> str:
    """24 hexadecimal characters that grow with time, so a collection stays ordered by age."""
    return str(ObjectId())


def made_at(id_: str) -> datetime:
    """When the id was made, to the second."""
    return ObjectId(id_).generation_time


def target_id(job_id: str, index: int) -> str:
    """The target's natural key: sorts by job, then by place in the job."""
    return f"{job_id}:{index:06d}"


def row_id(target: str, page: int, position: int) -> str:
    """The row's natural key (job, target, page, position), and the order of results in one index."""
    return f"{target}:{page:04d}:{position:05d}"


def key_range(prefix: str) -> dict[str, str]:
    """A MongoDB filter for every key below `prefix`."""
    return {"$gt": f"{prefix}:", "$lt": f"{prefix};"}


def exactly(text: str) -> dict[str, str]:
    """A MongoDB filter that an index of texts alone (partialFilterExpression) can serve: MongoDB does not
    conclude the type from the value."""
    return {"$eq": text, "$type": "string"}
