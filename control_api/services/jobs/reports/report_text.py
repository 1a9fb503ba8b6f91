"""A job's report as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from control_api.services.jobs.reports.report import CancelProof, JobReport
from spiders.items.formats.moments import text_from_instant


def lines_from_report(report: JobReport) -> Iterator[str]:
    job, credits_ = report.job, report.credits
    yield f"job {job.id} ({job.kind}): {job.status.value}, outcome {job.outcome or 'open'}"
    yield (
        f"created {_time(job.created_at)}, started {_time(job.started_at)},"
        f" ended {_time(job.completed_at)}"
    )
    yield f"targets {report.targets.total}"
    for reason in report.reasons:
        code = f" {reason.code}" if reason.code else ""
        yield f"  {reason.status.value}{code} {reason.targets}"
    yield f"rows {report.rows.stored} stored, {report.rows.settled} that targets ended with"
    for gap in report.rows.gaps:
        yield f"  target {gap.index} ended with {gap.settled} rows, {gap.stored} are stored"
    work = report.work
    share = "" if work.blocked_share is None else f" ({work.blocked_share:g} %)"
    yield (
        f"work {work.leases} leases, {work.redelivered} targets redelivered, {work.suppressed} late"
        f" ends suppressed, {work.requests} requests, {work.answers} answers of {work.body_bytes}"
        f" bytes, {work.blocked} blocked{share}"
    )
    yield (
        f"credits {credits_.reserved} reserved, {credits_.charged} charged,"
        f" {credits_.released} released"
    )
    if hooks := report.webhooks:
        yield (
            f"webhooks {hooks.events} events, {hooks.deliveries} deliveries: {hooks.delivered}"
            f" delivered, {hooks.pending} pending, {hooks.failed} failed, {hooks.attempts} tries"
        )
    if report.cancel:
        yield from _cancel_lines(report.cancel)
    for one in report.sums:
        verdict = "ok   " if one.holds else "WRONG"
        yield f"{verdict} {one.claim}: {one.left} and {one.right}"


def _cancel_lines(proof: CancelProof) -> Iterator[str]:
    yield (
        f"cancel {'proven' if proof.is_proven else 'NOT PROVEN'}: fenced {_time(proof.fenced_at)},"
        f" {proof.rows_before} rows before, {proof.rows_after} after, {proof.rows_refused} refused,"
        f" {proof.targets_cancelled} targets left unread"
    )
    held = (
        "Redis could not be asked what crawlers hold"
        if proof.leases_held is None
        else f"{proof.seeds_held} seeds and {proof.leases_held} leases in Redis"
    )
    gone = f" since {_time(proof.processes_gone_at)}" if proof.processes_gone_at else ""
    yield f"  {held}, processes {proof.processes}{gone}"


def _time(moment: datetime | None) -> str:
    return text_from_instant(moment) if moment else "-"
