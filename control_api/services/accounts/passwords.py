"""Password hashes: argon2id with OWASP's second parameter set (19 MiB, two passes, one lane)."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        # Stands in for the hash of an account that does not exist, so that both cost the same.
        self._nobody = self._hasher.hash(secrets.token_hex())

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def is_right(self, password: str, password_hash: str | None) -> bool:
        """Whether the password made the hash; for None as slow as for a wrong password, and False."""
        try:
            self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None
