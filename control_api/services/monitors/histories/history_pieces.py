"""The history of a watch as its pieces: the full ones, and the open one of its document."""

from __future__ import annotations

from datetime import datetime

from control_api.services.monitors.rules.chunks import Chunk
from control_api.services.monitors.watches.watch_documents import (
    chunk_from_document,
    chunk_from_stored,
)
from storage.monitors.chunks import Chunks
from storage.monitors.watches import Watch


def pieces_of(
    chunks: Chunks, watch: Watch, *, since: datetime | None = None, until: datetime | None = None
) -> list[Chunk]:
    """In order, the open one last."""
    pieces = [chunk_from_stored(one) for one in chunks.of_watch(watch.id, since=since, until=until)]
    if watch.chunk is not None and (until is None or watch.chunk["start"] <= until):
        pieces.append(chunk_from_document(watch.chunk))
    return pieces
