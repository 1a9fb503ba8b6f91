"""What the Amazon spiders share: what is asked for, and how a page of Amazon is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from scrapy import Request
from scrapy.http import Response

from settings.config import current_config
from settings.dedicated import CLAIM
from spiders.amazon.listed import (
    STANDARD_INPUT,
    read_listed,
    texts_from_file,
)
from spiders.base import BadArgument, TargetSpider
from spiders.middlewares.failed_download import FailedDownload
from spiders.pages.fetched import Fetched
from spiders.pages.guard import FIELD_FAILED
from spiders.pages.status import PageStatus, failure_from_status
from spiders.sites.currencies import BadCurrency
from spiders.sites.marketplaces import Locale, locale_for
from spiders.sites.places import BadPlace
from spiders.sites.visitor_params import ENGINES, ON_WRONG_PLACE, visitor_params
from spiders.targets import EmptyTarget
from spiders.targets.lists import texts_from_argument
from spiders.visitors.visitor import ASKED, asked_from_params
from spiders.work.failures import FAILURES
from spiders.work.target import Target
from storage.base.records import Failure

__all__ = ["AmazonSpider", "BadArgument"]

Read = TypeVar("Read")


class AmazonSpider(TargetSpider):
    knows_block_pages = True
    # They name files of this machine, which no job may read.
    local_arguments = ("targets_file", "keywords_file")

    def __init__(
        self,
        name: str | None = None,
        lang: str = "",
        marketplace: str = "",
        deliver_to: str = "",
        currency: str = "",
        on_wrong_place: str = "fail",
        engine: str = "",
        **arguments: Any,
    ) -> None:
        super().__init__(name, **arguments)
        self._asked_lang = lang or None
        self._asked_marketplace = marketplace or None
        self._asked_place = deliver_to or None
        self._asked_currency = currency or None
        if on_wrong_place not in ON_WRONG_PLACE:
            words = " or ".join(ON_WRONG_PLACE)
            raise BadArgument(f"on_wrong_place is {on_wrong_place!r}, it must be {words}")
        self._on_wrong_place = on_wrong_place
        if engine and engine not in ENGINES:
            words = ", ".join(ENGINES)
            raise BadArgument(f"engine is {engine!r}, it must be one of {words}")
        self._asked_engine = engine or current_config().amazon_engine

    def listed_targets(
        self,
        lists: Mapping[str, str],
        files: Mapping[str, str],
        read: Callable[[str], Read | EmptyTarget],
        *,
        columns: Sequence[str],
        on_invalid: str,
    ) -> list[Read]:
        """What the one of the arguments that is given lists; raises BadArgument, as read_listed does.

        `lists` and `files`: the values by argument. `columns`: those of a table that hold a target.
        """
        given = {name: value for name, value in {**lists, **files}.items() if value.strip()}
        if len(given) > 1:
            raise BadArgument(f"{' and '.join(given)} are given; give one of them")
        for name, value in given.items():
            if name not in files:
                return read_listed(name, texts_from_argument(value), read, on_invalid=on_invalid)
            if self.settings.get(CLAIM):
                raise BadArgument(f"{name} reads a file of the machine; a job lists its targets")
            texts = texts_from_file(name, value.strip(), columns=columns)
            found = read_listed(f"{name} {value}", texts, read, on_invalid=on_invalid)
            if not found:
                shown = "standard input" if value.strip() == STANDARD_INPUT else value
                raise BadArgument(f"{name}: {shown} holds no target")
            return found
        return []

    def failure_of(self, response: Response, status: PageStatus | None) -> Failure | None:
        """Why the page is no good, or None."""
        if isinstance(response, FailedDownload):
            return Failure(response.code, response.message)
        code = failure_from_status(status) if status is not None else None
        if code is None:
            return None
        return Failure(code, f"{FAILURES[code].message} (HTTP {response.status})")

    def count_failed_fields(self, warnings: Iterable[str]) -> None:
        """To the crawl's statistics, field by field."""
        for warning in warnings:
            if warning.startswith(FIELD_FAILED):
                self.crawler.stats.inc_value(f"fields/failed/{warning.removeprefix(FIELD_FAILED)}")

    def request_headers(self, target: Target) -> dict[str, str]:
        language = str(target.params.get("language") or "en_US").replace("_", "-")
        accepted = f"{language},{language.partition('-')[0]};q=0.8"
        return {
            "Accept": "text/html,application/xhtml+xml",
            "Accept-Language": accepted,
            "Accept-Encoding": "gzip",
        }

    def page_request(self, target: Target, url: str, **state: Any) -> Request:
        request = super().page_request(target, url, **state)
        always = current_config().visitors == "always"
        asked = asked_from_params(target.params, url, always=always)
        if asked is not None:
            request.meta[ASKED] = asked
        return request

    def place_params(self, locale: Locale) -> dict[str, Any]:
        """What the arguments ask of the visitor, for a target of this store."""
        try:
            return visitor_params(
                locale.marketplace,
                language=locale.language,
                deliver_to=self._asked_place or self._default_place(locale),
                currency=self._asked_currency,
                on_wrong_place=self._on_wrong_place,
                engine=self._asked_engine,
            )
        except BadPlace as error:
            raise BadArgument(f"deliver_to: {error}") from error
        except BadCurrency as error:
            raise BadArgument(f"currency: {error}") from error

    def _default_place(self, locale: Locale) -> str | None:
        return dict(current_config().deliver_to).get(locale.marketplace.code)

    def fetched(self, response: Response) -> Fetched:
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        requested = response.request.url if response.request else None
        return Fetched(
            url=response.url,
            status=response.status,
            headers=headers,
            body=response.body,
            requested_url=requested,
        )

    def locale(self, *, url_host: str | None = None) -> Locale:
        """What the arguments `lang` and `marketplace` ask for."""
        try:
            locale = locale_for(
                lang=self._asked_lang, marketplace=self._asked_marketplace, url_host=url_host
            )
        except ValueError as error:
            raise BadArgument(str(error)) from error
        if locale.marketplace.code == "sandbox" and not self._has_sandbox():
            raise BadArgument(
                "marketplace=sandbox needs the variable SANDBOX_URL;"
                " start the practice store with: python -m sandbox"
            )
        return locale

    def _has_sandbox(self) -> bool:
        return bool(self.settings.get("SANDBOX_URL"))


class ListedSpider(AmazonSpider):
    """One whose targets are listed by the arguments `targets` or `targets_file`."""

    def __init__(
        self,
        *args: Any,
        targets: str = "",
        targets_file: str = "",
        on_invalid: str = "fail",
        **arguments: Any,
    ) -> None:
        super().__init__(*args, **arguments)
        self._lists = {"targets": targets}
        self._files = {"targets_file": targets_file}
        self._on_invalid = on_invalid

    def asked_targets(
        self, read: Callable[[str], Read | EmptyTarget], *, columns: Sequence[str], form: str
    ) -> list[Read]:
        """At least one; raises BadArgument. `form` says what a target is, `columns` as listed_targets."""
        listed = self.listed_targets(
            self._lists, self._files, read, columns=columns, on_invalid=self._on_invalid
        )
        if not listed:
            raise BadArgument(
                f"targets is missing: -a targets={form}[,...] or -a targets_file=FILE"
            )
        return listed
