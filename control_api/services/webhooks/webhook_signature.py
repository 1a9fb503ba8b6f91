"""Standard Webhooks 1.0: https://www.standardwebhooks.com"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook as Signer

from storage.events.webhooks import Secret

_SECRET_BYTES = 32


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def signature_headers(
    valid: Sequence[Secret], *, message_id: str, at: datetime, body: str
) -> dict[str, str]:
    """The three headers, with one signature of each secret that is valid at `at`."""
    signatures = [
        Signer(secret.value).sign(message_id, at, body)
        for secret in valid
        if secret.expires_at is None or secret.expires_at > at
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
