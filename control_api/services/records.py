"""What a door may know of storage: its records with their words, and the two readers that an
operator's routes ask without a service between (`Gauges`, `Reachability`)."""

from __future__ import annotations

from storage.accounts.api_keys import KEY_PREFIXES, ApiKey
from storage.accounts.audit import AuditEntry, AuditFilter
from storage.accounts.console_sessions import ConsoleSession
from storage.accounts.invitations import Invitation
from storage.accounts.organizations import Organization
from storage.accounts.projects import Project, ProjectChange
from storage.accounts.referrals import Commission
from storage.accounts.users import Role, User
from storage.base.reachability import Reachability
from storage.base.records import (
    OPEN_JOB,
    OPEN_TARGET,
    Job,
    JobStatus,
    NewTarget,
    Priority,
    Row,
    Target,
    TargetStatus,
)
from storage.events.deliveries import Delivery, DeliveryStatus
from storage.events.schedules import Overlap, Schedule
from storage.events.slots import Slot
from storage.events.webhooks import Webhook
from storage.jobs.categories import Category
from storage.monitors.alerts import Alert, Firing
from storage.monitors.changes import StoredChange
from storage.monitors.monitors import Monitor
from storage.monitors.rounds import Round
from storage.monitors.watches import NewWatch, Watch
from storage.pages.saved_pages import SavedPage
from storage.queue.crawlers import Beat
from storage.queue.defects import CountDefect
from storage.queue.rate_limits import Window
from storage.reports.gauges import Gauges
from storage.runs.spiders import Spider

__all__ = [
    "KEY_PREFIXES",
    "OPEN_JOB",
    "OPEN_TARGET",
    "Alert",
    "ApiKey",
    "AuditEntry",
    "AuditFilter",
    "Beat",
    "Category",
    "Commission",
    "ConsoleSession",
    "CountDefect",
    "Delivery",
    "DeliveryStatus",
    "Firing",
    "Gauges",
    "Invitation",
    "Job",
    "JobStatus",
    "Monitor",
    "NewTarget",
    "NewWatch",
    "Organization",
    "Overlap",
    "Priority",
    "Project",
    "ProjectChange",
    "Reachability",
    "Role",
    "Round",
    "Row",
    "SavedPage",
    "Schedule",
    "Slot",
    "Spider",
    "StoredChange",
    "Target",
    "TargetStatus",
    "User",
    "Watch",
    "Webhook",
    "Window",
]
