from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from control_api.bootstrap.api_v1 import ApiV1Services
from control_api.bootstrap.azscraper import AzScraperServices
from control_api.bootstrap.foundation import Foundation
from control_api.bootstrap.scrapemaster import ScrapeMasterServices
from control_api.bootstrap.scrapethis import ScrapeThisServices
from control_api.bootstrap.stores import Stores
from control_api.http.context import Services
from settings.config import Config
from storage.accounts.organizations import Organizations
from storage.accounts.users import Users
from storage.base.connections import REQUESTS, MongoDatabase, Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What both the API and the command line are made of."""

    services: Services
    close: Callable[[], None]
    database: MongoDatabase
    users: Users
    organizations: Organizations


def build_parts(config: Config, patience: Patience = REQUESTS) -> Parts:
    """Connects lazily: MongoDB and Redis may start later."""
    stores = Stores(config, patience)
    foundation = Foundation(config, stores)

    def close() -> None:
        foundation.close()
        stores.close()

    return Parts(
        services=_services(config, stores, foundation),
        close=close,
        database=stores.database,
        users=stores.users,
        organizations=stores.organizations,
    )


def _services(config: Config, stores: Stores, foundation: Foundation) -> Services:
    azscraper = AzScraperServices(config, stores, foundation)
    api_v1 = ApiV1Services(config, stores, foundation)
    scrapemaster = ScrapeMasterServices(config, stores, foundation)
    scrapethis = ScrapeThisServices(stores, foundation)
    return Services(
        accounts=foundation.accounts,
        projects=foundation.projects,
        jobs=foundation.jobs,
        results=foundation.results,
        sign_in=foundation.sign_in,
        api_keys=foundation.api_keys,
        schedules=foundation.schedules,
        webhooks=foundation.webhooks,
        proxies=foundation.proxies,
        audit=foundation.audit,
        gauges=foundation.gauges,
        reachability=foundation.reachability,
        crawl_health=foundation.crawl_health,
        deltas=azscraper.deltas,
        usage=azscraper.usage,
        members=azscraper.members,
        invitations=azscraper.invitations,
        departures=azscraper.departures,
        referrals=azscraper.referrals,
        operations=azscraper.operations,
        project_removal=azscraper.project_removal,
        nodes=azscraper.nodes,
        v1_jobs=api_v1.v1_jobs,
        request_limit=api_v1.request_limit,
        page_jobs=scrapemaster.page_jobs,
        monitoring=scrapemaster.monitoring,
        spiders=scrapethis.spiders,
        spider_jobs=scrapethis.spider_jobs,
        spider_schedules=scrapethis.spider_schedules,
    )
