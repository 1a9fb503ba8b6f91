from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from control_api.services.errors import InvalidAsin, InvalidInput
from control_api.services.jobs.job_defaults import Defaults
from control_api.services.jobs.target_list import ReadTarget
from control_api.services.jobs.types.config import AmazonConfig
from spiders.targets import EmptyTarget
from spiders.types.job_type import JobType
from storage.base.records import Job
from storage.jobs.results import Results


class TargetReader(Protocol):
    """Reads the texts of one request, one after another."""

    def read(self, text: str) -> ReadTarget | EmptyTarget:
        """Raises NotAnAmazonTarget for a text that names no target."""
        ...


class MakesReader(Protocol):
    def __call__(self, config: Mapping[str, Any], defaults: Defaults) -> TargetReader:
        """Raises InvalidInput for a config that no target can be read with."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestForm:
    """How jobs of the type are asked for in the AzScraper dialect.

    `refusal`: the error for a request with bad texts; it is told how many they are, and the details.
    """

    config: type[AmazonConfig]
    reader: MakesReader
    refusal: Callable[[int, Sequence[Mapping[str, Any]]], InvalidInput | InvalidAsin]
    # For messages and for the API's description.
    plural: str
    targets: str
    setting_texts: Mapping[str, str] = field(default_factory=dict)
    # Settings of all types that have no effect on the jobs of this one.
    without_effect: frozenset[str] = frozenset()
    # By setting, the one without which it has no effect.
    beside: Mapping[str, str] = field(default_factory=dict)


def _one_page(config: Mapping[str, Any]) -> int:
    return 1


def _no_growth(config: Mapping[str, Any], asked: int) -> int | None:
    return None


def _no_remarks(job: Job, results: Results) -> list[str]:
    return []


def _no_pages(config: Mapping[str, Any]) -> int:
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a target costs when it succeeds. `most` is reserved for it."""

    per_target: int
    per_product_page: int = 0
    most_product_pages: int = 0

    @property
    def most(self) -> int:
        return self.per_target + self.per_product_page * self.most_product_pages


FREE = Price(per_target=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedType:
    """`does`: what a job of the type does, in words of the API's description.

    `request` None: it is asked for under /api/v1, by a route of its own.
    """

    type: JobType
    does: str
    request: RequestForm | None = None
    credits_per_target: int = 0
    # How many pages of products are read beside a target's own at most, each for so many credits.
    product_pages: Callable[[Mapping[str, Any]], int] = _no_pages
    credits_per_product_page: int = 0
    # How many pages are read for a target at most.
    pages_per_target: Callable[[Mapping[str, Any]], int] = _one_page
    # How many targets a job of so many may grow to by what its pages name, which count against the plan;
    # None: it does not grow.
    grows_to: Callable[[Mapping[str, Any], int], int | None] = _no_growth
    can_be_scheduled: bool = True
    # A retry begins with the target that was asked for, and finds the others again.
    retries_first_target_alone: bool = False
    # What a client should know of the rows once the job has ended.
    remarks: Callable[[Job, Results], list[str]] = _no_remarks

    def price(self, config: Mapping[str, Any]) -> Price:
        return Price(
            per_target=self.credits_per_target,
            per_product_page=self.credits_per_product_page,
            most_product_pages=self.product_pages(config),
        )

    @property
    def name(self) -> str:
        return self.type.name
