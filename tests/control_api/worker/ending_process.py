"""`python -m tests.control_api.worker.ending_process JOB…`: ends jobs of one target each, to be killed."""

from __future__ import annotations

import sys

from settings.config import current_config
from storage.base.connections import connect_mongo, open_database
from storage.base.ids import target_id
from storage.base.records import NewRow, TargetEnd
from storage.jobs.settlement import Settlement


def main() -> None:
    config = current_config()
    client = connect_mongo(config)
    settlement = Settlement(client, open_database(client, config))
    print("ready", flush=True)
    for number, job_id in enumerate(sys.argv[1:]):
        if number % 3 == 2:
            settlement.cancel(job_id)
            continue
        rows = [NewRow(1, 1, {"asin": "B000000001"})]
        settlement.commit(
            [], [TargetEnd(id=target_id(job_id, 0), job_id=job_id, token=1, rows=rows)]
        )


if __name__ == "__main__":
    main()
