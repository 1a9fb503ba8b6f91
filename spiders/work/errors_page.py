"""docs/errors.md, from the tables that the code uses: `python -m spiders.work.errors_page > docs/errors.md`."""

from __future__ import annotations

import sys

from spiders.work.download_faults import FAULTS
from spiders.work.failures import FAILURES

_HEAD = """# Why a target failed

A failed target carries `error{code, message}`. The code is for programs, the message for people. This page is made from the tables in the code: `python -m spiders.work.errors_page > docs/errors.md`.

## Codes

A code that is tried again is asked for up to `PAGE_ATTEMPTS` times before the target fails.

| code | tried again | means |
|---|---|---|
"""
_FAULTS = """
## No page came

Sentences of `NETWORK_ERROR`, `TIMEOUT` and `PARSE_ERROR` when a download fails. `{host}` and the like stand for what the message names.

| code | sentence | what can be done |
|---|---|---|
"""


def errors_page() -> str:
    codes = [
        f"| `{code}` | {'yes' if failure.retryable else 'no'} | {failure.message} |"
        for code, failure in FAILURES.items()
    ]
    faults = [
        f"| `{words.code}` | {words.sentence} | {words.remedy} |" for words in FAULTS.values()
    ]
    return _HEAD + "\n".join(codes) + "\n" + _FAULTS + "\n".join(faults) + "\n"


if __name__ == "__main__":
    sys.stdout.write(errors_page())
