"""Errors, schedules, jobs and their rows in the AzScraper dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from control_api.services.jobs.types.registry import (
    REQUEST_FORMS,
    SCHEDULED_NAMES,
    SERVED,
    SERVED_OF_NAME,
)


def _what_types_do(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}` {SERVED_OF_NAME[name].does}" for name in names)


*_FIRST, _LAST = (f"`{one.name}`" for one in SERVED)
_NAMES = f"{', '.join(_FIRST)} or {_LAST}"
_TARGETS = ", ".join(f"{form.targets} (`{name}`)" for name, form in REQUEST_FORMS.items())


def _setting_texts() -> dict[str, str]:
    """What each setting does, and on jobs of which types. Types that share one may each say their part."""
    said: dict[str, list[str]] = {}
    of: dict[str, list[str]] = {}
    for form in REQUEST_FORMS.values():
        for name, text in form.setting_texts.items():
            if text not in said.setdefault(name, []):
                said[name].append(text)
            of.setdefault(name, []).append(form.plural)
    return {
        f"JobConfig.{name}": f"{' '.join(texts)} {_only(of[name])}" for name, texts in said.items()
    }


def _only(plurals: Sequence[str]) -> str:
    *first, last = plurals
    words = f"{', '.join(first)} and {last}" if first else last
    return f"{words[0].upper()}{words[1:]} only."


_SETTINGS = _setting_texts()
_TIME = "ISO 8601, in UTC"
JOBS: Mapping[str, str] = MappingProxyType(
    {
        "ErrorEnvelope.success": "Always `false`.",
        "ErrorEnvelope.error": "What went wrong.",
        "ErrorBody.code": "The kind of error, for programs; docs/errors.md lists them.",
        "ErrorBody.message": "What is wrong, for people. It names the field and the value.",
        "ErrorBody.details": "Each fault of the request on its own: texts, or for targets objects with `index`, `value` and `reason`. Else empty.",
        "ErrorBody.correlationId": "The id under which an unhandled error stands in the log. Only with status 500.",
        "WarningOut.path": "The place in the request's body, such as `config.maxPage`, or `query.NAME`.",
        "WarningOut.message": "What has no effect or was taken otherwise, and what was probably meant.",
        "ListMeta.total": "How many entries there are, whatever `limit` and `offset` show.",
        "Ok.ok": "Always `true`.",
        # Schedules.
        "CrawlConfigOut.type": f"The kind of job: {_what_types_do(SCHEDULED_NAMES)}.",
        "CrawlConfigOut.targets": "The keywords or products of each job.",
        "CrawlConfigOut.config": "The settings of each job.",
        "ScheduleOut.name": "The schedule's name; `null` where it has none.",
        "ScheduleOut.cron": "Five fields: minute, hour, day of the month, month, day of the week.",
        "ScheduleOut.timezone": "The IANA time zone in which `cron` is read.",
        "ScheduleOut.crawlConfig": "The job that is started at each due time.",
        "ScheduleOut.enabled": "A schedule that is off is not run by the clock.",
        "ScheduleOut.overlap": "What happens at a due time while the last job is still open: `skip` leaves it out, `queue` runs it after that job.",
        "ScheduleOut.nextRunAt": f"The next due time ({_TIME}); `null` while the schedule is off.",
        "ScheduleOut.lastRunAt": f"When its last job was started ({_TIME}); `null` before the first.",
        "ScheduleOut.lastJobId": "The id of the last job; `null` before the first.",
        "ScheduleOut.lastOutcome": "What became of the last slot that was not missed: a job `started`, waits (`queued`) or was `skipped`.",
        "ScheduleOut.lastReason": "Why that slot was queued or skipped, such as `overlap` or `no_credits`; else `null`.",
        "CreateScheduleBody.name": "A name of your choice, at most 200 characters. Left out: none.",
        "CreateScheduleBody.cron": "Five fields: minute, hour, day of the month, month, day of the week. `30 2 * * *` is each day at 2:30.",
        "CreateScheduleBody.crawlConfig": "The job to start at each due time.",
        "CreateScheduleBody.enabled": "Whether the clock runs it.",
        "CreateScheduleBody.timezone": "The IANA time zone in which `cron` is read, such as `Europe/Berlin`.",
        "CreateScheduleBody.overlap": "What happens at a due time while the last job is still open: `skip` leaves it out, `queue` runs it after that job.",
        "UpdateScheduleBody.name": "The new name, at most 200 characters; `null` takes it away.",
        "UpdateScheduleBody.cron": "The new cron expression of five fields.",
        "UpdateScheduleBody.crawlConfig": "The new job; it takes the place of the old one as a whole.",
        "UpdateScheduleBody.enabled": "`false` switches the schedule off, `true` on.",
        "UpdateScheduleBody.timezone": "The new IANA time zone in which `cron` is read.",
        "UpdateScheduleBody.overlap": "`skip` leaves a due time out while the last job is open, `queue` runs it after that job.",
        "SlotOut.slotAt": f"The due time, or the time of the run by hand ({_TIME}).",
        "SlotOut.trigger": "`clock` for a due time, `hand` for `POST /schedules/{id}/run`.",
        "SlotOut.status": "`started`: a job was created; `queued`: it waits for the last job to end; `skipped`: it was left out; `missed`: it was due while no worker ran.",
        "SlotOut.reason": "Why no job was started, such as `overlap`, `no_credits`, `quota_reached` or `missed`; else `null`.",
        "SlotOut.jobId": "The id of the job that was created; `null` where there is none.",
        "SlotOut.recordedAt": f"When the slot was written down ({_TIME}).",
        # Jobs.
        "CreateJobBody.type": f"{_what_types_do(REQUEST_FORMS)}.",
        "CreateJobBody.targets": f"1 to 10,000 texts of at most 2,000 characters: {_TARGETS}.",
        "CreateJobBody.config": "The settings of the job. Names that are unknown are kept and have no effect, and a warning names them.",
        "CreateJobBody.onInvalid": "`fail` refuses the request when a target cannot be read; `skip` runs the others and names it in `warnings`.",
        "DeliverTo.postalCode": "A postal code of the store's own country, such as `10115`.",
        "DeliverTo.country": "Another country than the store's, as an ISO 3166 code of two letters.",
        **_SETTINGS,
        "JobConfig.lang": "The language of the pages, such as `de-DE`. Left out: the store's own.",
        "JobConfig.marketplace": "The store, by its code (`DE`, `US`, `sandbox`) or its host (`amazon.de`). Left out: the one that the target's address or `lang` names, else the US store.",
        "JobConfig.currency": "The currency to show prices in, as an ISO 4217 code such as `EUR`. Left out: the store's own.",
        "JobConfig.deliverTo": "Where the goods shall go, since prices and stock depend on it: a postal code of the store's country or another country's code. Left out: the operator's default, else none is asked for.",
        "JobConfig.onWrongPlace": "What becomes of a page that shows another place than `deliverTo`: `fail` gives no row, `keep` gives it with a warning. Left out: `fail`.",
        "JobConfig.engine": "Who loads the pages: `http` a plain client, `browser` a browser, `auto` a browser only where it is needed. Left out: the operator's `AMAZON_ENGINE`, which is `http` unless it was changed.",
        "JobConfig.priority": "Which of the organization's jobs come first. Left out: `normal`.",
        "CountsOut.total": "All targets of the job.",
        "CountsOut.pending": "Targets that wait.",
        "CountsOut.running": "Targets that are being read.",
        "CountsOut.success": "Targets that were read, with or without rows.",
        "CountsOut.failed": "Targets that could not be read.",
        "CountsOut.cancelled": "Targets that were given up with the job.",
        "FailureOut.code": "The kind of failure; docs/errors.md lists them.",
        "FailureOut.count": "How many targets failed with this code.",
        "JobOut.type": f"The kind of job: {_NAMES}.",
        "JobOut.status": "`queued` waits, `running` is being crawled; the others are ends: `completed` where a target succeeded, `failed` where none did, `cancelled`.",
        "JobOut.targets": "The first targets in the order of the request; `GET /jobs/{id}/targets` lists all of them.",
        "JobOut.targetsTruncated": "`true` where the job has more targets than are shown; else left out.",
        "JobOut.config": "The settings, as they were sent.",
        "JobOut.priority": "Which of the organization's jobs come first.",
        "JobOut.failures": "How many targets failed with each code, the most frequent first. Left out in lists.",
        "JobOut.warnings": "What one should know of the rows, such as products that show no price for the place. Left out where there is nothing to say.",
        "JobOut.outcome": "How it ended: `succeeded` (all targets), `partial` (some), `failed` (none) or `cancelled`; `null` while it is open.",
        "JobOut.creditsReserved": "Credits that were set aside when the job was created; at its end only targets that succeeded are charged.",
        "JobOut.resultSetId": "The id of the job's rows; `null` before the first row.",
        "JobOut.bullJobId": "The job's id once more, for clients that know the original API.",
        "JobOut.retryOf": "The id of the job that this one repeats; else `null`.",
        "JobOut.scheduleId": "The id of the schedule that started it; else `null`.",
        "JobOut.rows": "The first 100 rows, with `include=rows`; else left out.",
        "TargetErrorOut.code": "The kind of failure; docs/errors.md lists them.",
        "TargetErrorOut.message": "What happened, for people.",
        "TargetOut.value": "The target's text after white space and invisible characters were cleaned.",
        "TargetOut.status": "`success` may have no rows (a search without results); `failed` says why in `error`.",
        "TargetOut.error": "Why it failed; left out where it did not.",
        "ListedTargetOut.value": "The target's text after white space and invisible characters were cleaned. Each row carries it as `target`.",
        "ListedTargetOut.status": "`success` may have no rows (a search without results); `failed` says why in `error`.",
        "ListedTargetOut.error": "Why it failed; left out where it did not.",
        "ListedTargetOut.index": "The place in the request's list, from 0.",
        "ListedTargetOut.sent": "The text as it was sent.",
        "ListedTargetOut.resolved": "What the text was read as.",
        "ListedTargetOut.resultCount": "How many rows the target has.",
        "ListedTargetOut.duplicates": "Other places of the request that asked for the same; they are neither crawled nor charged.",
        "ListedTargetOut.leases": "How often a crawler began with it; more than 1 where a crawler was lost.",
        "ListedTargetOut.work": "What it took to read it. Left out while it is open, and for targets that were ended without reading a page.",
        "ListedTargetOut.endedAt": "When it ended. Left out while it is open, and where its job was cancelled.",
        "TargetWorkOut.requests": "Requests that were sent, second tries included.",
        "TargetWorkOut.answers": "Answers that came, redirects not counted.",
        "TargetWorkOut.bytes": "The size of their bodies.",
        "TargetWorkOut.blocked": "Answers that were a block, whatever came later.",
        "ListedTargetOut.parentTarget": "The `value` of the product whose variant it is, where `expandVariants` has made it a target. Left out for other targets.",
        "ListedTargetOut.noOffers": "`true` where nobody sells the product in the conditions that were asked for. Left out for other targets.",
        "ListedTargetOut.searchInfo": "What each page that was read says of the search. Left out for other targets and before the end.",
        "DuplicateOut.index": "The place in the request's list, from 0.",
        "DuplicateOut.sent": "The text as it was sent.",
        "ResolvedOut.asin": "The product's ASIN; `null` where the target is no product.",
        "ResolvedOut.marketplace": "The store's code; `null` where the target is not of an Amazon store.",
        "ResolvedOut.url": "The address that is read first.",
        "SearchInfoOut.page": "The number of the result page, from 1.",
        "SearchInfoOut.totalResults": "How many results the store says it has; `null` where it does not say.",
        "SearchInfoOut.correctedKeyword": "What the store searched for instead of the keyword; `null` where it took it as it is.",
        "SearchInfoOut.departmentFallback": "Whether the store searched in all departments instead of the one that was asked for; `null` where the page does not say.",
        "SearchInfoOut.categories": "The categories that the search can be narrowed down to, with those above the chosen one, outermost first. Of the first page that was read; `null` on others and where the page names none.",
        "SearchInfoOut.refinements": "What else the search can be narrowed down by. Of the first page that was read; `null` on others and where the page has none.",
        "OfferedCategoryOut.id": "Its browse node, as `config.node` takes it.",
        "OfferedCategoryOut.name": "Its name, in the page's language.",
        "OfferedCategoryOut.count": "How many results it has; `null` where the page does not say, as most do.",
        "OfferedCategoryOut.isChosen": "Whether the search is narrowed down to it.",
        "OfferedRefinementOut.id": "Its name and value, as `config.refinements` takes them.",
        "OfferedRefinementOut.group": "The heading that it stands under, such as `Brand`; `null` where there is none.",
        "OfferedRefinementOut.name": "Its words, in the page's language.",
        "OfferedRefinementOut.count": "How many results it has; `null` where the page does not say, as most do.",
        "OfferedRefinementOut.isChosen": "Whether the search is narrowed down by it.",
        "SearchInfoOut.noResults": "Whether the page says that there are no results.",
        "RetryBody.only": "`failed`: only the targets that failed or were cancelled. Left out: every target.",
        "ResultRows.data": "The rows, in a fixed order.",
        "ResultItems.items": "The rows of this page.",
        "ResultItems.pagination": "Where this page stands.",
        "Pagination.page": "The number of this page, from 1.",
        "Pagination.pageSize": "Rows on a page.",
        "Pagination.total": "How many rows there are.",
        "TargetDeltaOut.value": "The target's text.",
        "TargetDeltaOut.marketplace": "The store's code.",
        "TargetDeltaOut.status": "`added`, `removed`: in the list of one job alone. `changed`, `unchanged`: both pages were read. `gone`: the store has no such page any more; `returned`: it has one again. "
        "`unknown`: one of the two targets did not succeed. `incomparable`: the pages are of two currencies, places, products or kinds of search.",
        "TargetDeltaOut.reason": "Why the status is `unknown` (the failure's code, `NOT_ENDED`, `NO_ROWS`) or `incomparable` (`OTHER_CURRENCY`, `OTHER_PLACE`, `OTHER_PRODUCT`, `OTHER_SEARCH`). Else left out.",
        "TargetDeltaOut.beforeAt": f"When the older page was read ({_TIME}); `null` where no page was compared.",
        "TargetDeltaOut.at": f"When the newer page was read ({_TIME}); `null` where no page was compared.",
        "TargetDeltaOut.fields": "Of details jobs: the fields that differ. Left out where there are none.",
        "TargetDeltaOut.depth": "Of search jobs: down to which place both were compared, sponsored results not counted; `null` where both found nothing.",
        "TargetDeltaOut.entered": "Of search jobs: the products that stand within `depth` in the newer results alone.",
        "TargetDeltaOut.left": "Of search jobs: the products that stood within `depth` in the older results alone, with their places there.",
        "TargetDeltaOut.moved": "Of search jobs: the products within `depth` in both, at different places.",
        "TargetDeltaOut.sponsoredShare": "Of search jobs: the share of sponsored results above the place `depth`. It alone makes no target `changed`.",
        "FieldChangeOut.field": "The field's name, as `fields` takes it.",
        "FieldChangeOut.before": "The older value; `null`: the page says that there is none. Money is `{amount, currency}`, a seller `{id, name}`.",
        "FieldChangeOut.after": "The newer value, in the same form.",
        "PlaceOut.asin": "The product's number; left out of offers.",
        "PlaceOut.seller": "Of the offers of a product: the seller's id, else the name. Left out elsewhere.",
        "PlaceOut.place": "The place among the results that are not sponsored, from 1.",
        "MoveOut.asin": "The product's number.",
        "MoveOut.before": "The older place, from 1.",
        "MoveOut.after": "The newer place, from 1.",
        "ShareOut.before": "The older share, as a fraction of one; `null` where it is not known.",
        "ShareOut.after": "The newer share, as a fraction of one; `null` where it is not known.",
        "DeltaMeta.jobId": "The id of the job that was asked for: the newer side.",
        "DeltaMeta.againstJobId": "The id of the job that it is compared with: the older side.",
        "DeltaMeta.type": "The type of both jobs.",
        "DeltaMeta.nextCursor": "Goes into `cursor` for the next page; `null` after the last one.",
        "SavedPagesMeta.total": "How many pages are kept, whatever `limit` and `offset` show.",
        "ResultsMeta.total": "How many rows are stored, whatever `limit` and `offset` show.",
        "ResultsMeta.nextCursor": "The `cursor` of the next request; `null` after the last row.",
    }
)  # fmt: skip
