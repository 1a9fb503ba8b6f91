"""What a use case refuses. Each dialect maps `code` to a status in its one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# A door answers 503 for it.
from storage.base.away import StorageAway as StorageAway


class ServiceError(Exception):
    """A refusal that the client is told of: nothing was written."""

    code = "INTERNAL_ERROR"
    default_message = "Internal error"

    def __init__(self, message: str | None = None, details: Sequence[Any] = ()) -> None:
        super().__init__(message or self.default_message)
        self.message = message or self.default_message
        self.details = list(details)


class InvalidInput(ServiceError):
    """The request cannot be meant as it is; `message` names the place."""

    code = "VALIDATION_ERROR"
    default_message = "Validation failed"


class InvalidAsin(ServiceError):
    """Targets of a details job that name no product; `details` lists each of them."""

    code = "INVALID_ASIN"


class Unauthorized(ServiceError):
    """No credential, or one that does not hold (any more)."""

    code = "UNAUTHORIZED"
    default_message = "Unauthorized"


class InvalidCredentials(ServiceError):
    """Unknown e-mail or wrong password: the answer does not say which."""

    code = "INVALID_CREDENTIALS"
    default_message = "Invalid credentials"


class WrongCurrentPassword(ServiceError):
    """A change of password without knowing the password."""

    code = "WRONG_CURRENT_PASSWORD"
    default_message = "Current password is wrong"


class RateLimited(ServiceError):
    """Too often; it may be tried again after `retry_after_seconds`."""

    code = "RATE_LIMIT_EXCEEDED"
    default_message = "Too many requests"

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class InsufficientCredits(ServiceError):
    """The balance cannot cover the job's reservation."""

    code = "INSUFFICIENT_CREDITS"
    default_message = "Insufficient credits to create job"


class Forbidden(ServiceError):
    """The plan or the role does not allow it."""

    code = "FORBIDDEN"
    default_message = "Forbidden"


class PasswordChangeRequired(Forbidden):
    """Somebody else chose the password of this account: it must be changed before anything else."""

    code = "PASSWORD_CHANGE_REQUIRED"
    default_message = "Change your password first: POST /auth/change-password"


class NotFound(ServiceError):
    """No such object in the organization of the caller."""

    code = "NOT_FOUND"
    default_message = "Not found"


class ProjectNotFound(NotFound):
    code = "PROJECT_NOT_FOUND"
    default_message = "Project not found"


class ApiKeyNotFound(NotFound):
    code = "API_KEY_NOT_FOUND"
    default_message = "API key not found"


class ScheduleNotFound(NotFound):
    code = "SCHEDULE_NOT_FOUND"
    default_message = "Schedule not found"


class SpiderNotFound(NotFound):
    code = "SPIDER_NOT_FOUND"
    default_message = "Spider not found"


class CancelFailed(ServiceError):
    """The job is fenced, and its crawl node cannot be told: it is told again and again."""

    code = "CANCEL_FAILED"
    default_message = "Failed to cancel job"


class WebhookNotFound(NotFound):
    code = "WEBHOOK_NOT_FOUND"
    default_message = "Webhook not found"


class MonitorNotFound(NotFound):
    code = "MONITOR_NOT_FOUND"
    default_message = "Monitor not found"


class WatchNotFound(NotFound):
    code = "WATCH_NOT_FOUND"
    default_message = "Watch not found"


class AlertNotFound(NotFound):
    code = "ALERT_NOT_FOUND"
    default_message = "Alert not found"


class CursorExpired(ServiceError):
    """What follows the cursor is not kept any more; `details` name the oldest one that can be used."""

    code = "CURSOR_EXPIRED"
    default_message = "Changes that follow this cursor are not kept any more: copy anew"


class Conflict(ServiceError):
    """The object's state does not allow it."""

    code = "CONFLICT"


class EmailAlreadyExists(Conflict):
    code = "EMAIL_ALREADY_EXISTS"
    default_message = "Email already registered"


class UsernameAlreadyExists(Conflict):
    default_message = "Username already registered"


class Unavailable(ServiceError):
    """What is needed for an answer is away; it may be tried again after `retry_after_seconds`."""

    code = "SERVICE_UNAVAILABLE"
    default_message = "The service cannot reach what it needs; try again soon"
    retry_after_seconds = 2.0


class IdempotencyKeyReused(ServiceError):
    """The key was used within 24 hours for a request that asked for something else."""

    code = "IDEMPOTENCY_KEY_REUSED"
    default_message = "This Idempotency-Key was used with another request body"
