from __future__ import annotations

from functools import cached_property

from control_api.azscraper.account import account
from control_api.azscraper.api_keys import api_keys
from control_api.azscraper.auth import auth
from control_api.azscraper.deltas import deltas
from control_api.azscraper.invitations import invitation_links, invitations
from control_api.azscraper.jobs import jobs
from control_api.azscraper.members import members
from control_api.azscraper.projects import projects
from control_api.azscraper.referral import referral, referral_clicks
from control_api.azscraper.results import results
from control_api.azscraper.schedules import schedules
from control_api.azscraper.webhooks import webhooks
from control_api.bootstrap.foundation import Foundation
from control_api.bootstrap.stores import Stores
from control_api.operator.admin import admin
from control_api.operator.health import health
from control_api.operator.metrics import metrics
from control_api.operator.nodes import nodes
from control_api.operator.proxies import proxies
from control_api.services.accounts.departures import Departures
from control_api.services.accounts.invitations import InvitationService
from control_api.services.accounts.members import MemberService
from control_api.services.accounts.membership import Membership
from control_api.services.accounts.referrals import ReferralService
from control_api.services.jobs.removal import ProjectRemoval, Remover
from control_api.services.jobs.usage import UsageService
from control_api.services.monitors.deltas import DeltaService, DeltaStores
from control_api.services.operator.nodes import NodeService
from control_api.services.operator.operations import CrawlRates, Operations
from settings.config import Config
from storage.jobs.removals import Removals
from storage.queue.pace import PaceRates

VIEWS = (
    schedules, webhooks,
    auth, projects, api_keys, jobs, results, deltas, account, members, invitations, invitation_links, referral, referral_clicks,
    admin, health, metrics, nodes, proxies,
)  # fmt: skip


class AzScraperServices:
    """What the views of the first dialect, and the operator, need for themselves."""

    def __init__(self, config: Config, stores: Stores, foundation: Foundation) -> None:
        self._config = config
        self._stores = stores
        self._foundation = foundation

    @property
    def usage(self) -> UsageService:
        return UsageService(self._foundation.quota, self._stores.usage, self._stores.credits)

    @cached_property
    def membership(self) -> Membership:
        stores = self._stores
        return Membership(
            stores.users,
            stores.organizations,
            stores.keys,
            invitations=stores.invitations,
            projects=stores.job.projects,
            default_plan=self._config.default_plan,
        )

    @property
    def invitations(self) -> InvitationService:
        stores = self._stores
        return InvitationService(
            stores.invitations,
            stores.users,
            stores.organizations,
            membership=self.membership,
            audit=self._foundation.audit,
            transactions=stores.transactions,
        )

    @property
    def departures(self) -> Departures:
        return Departures(
            self._stores.users,
            self.membership,
            self._foundation.projects,
            removal=self.project_removal,
            audit=self._foundation.audit,
            transactions=self._stores.transactions,
        )

    @property
    def members(self) -> MemberService:
        return MemberService(
            self._stores.users,
            self.membership,
            audit=self._foundation.audit,
            passwords=self._foundation.passwords,
            transactions=self._stores.transactions,
        )

    @property
    def referrals(self) -> ReferralService:
        stores = self._stores
        return ReferralService(stores.referrals, stores.users, stores.job.jobs, rates=stores.rates)

    @property
    def deltas(self) -> DeltaService:
        job = self._stores.job
        return DeltaService(
            DeltaStores(job.jobs, job.targets, job.results),
            self._foundation.jobs,
            quota=self._foundation.quota,
            audit=self._foundation.audit,
            transactions=self._stores.transactions,
        )

    @property
    def nodes(self) -> NodeService:
        return NodeService(
            self._stores.nodes, self._foundation.node_directory, audit=self._foundation.audit
        )

    @property
    def operations(self) -> Operations:
        stores = self._stores
        rates = CrawlRates(
            stores.settings,
            PaceRates(stores.redis),
            default_per_minute=self._config.marketplace_requests_per_minute,
        )
        return Operations(
            stores.organizations,
            stores.job.jobs,
            credits=stores.credits,
            rates=rates,
            defaults=self._foundation.job_defaults,
            settings=stores.settings,
            attribution=self._foundation.attribution,
            registry=stores.registry,
            node_names=[node.name for node in self._config.scrapyd_nodes],
            audit=self._foundation.audit,
            transactions=stores.transactions,
        )

    @property
    def project_removal(self) -> ProjectRemoval:
        stores, removals = self._stores, Removals(self._stores.database)
        remover = Remover(
            removals,
            stores.job.jobs,
            stores.job.settlement,
            seeds=stores.job.seeds,
            transactions=stores.transactions,
        )
        return ProjectRemoval(
            remover,
            removals,
            stores.job.projects,
            also=(
                stores.keys.remove_of_project,
                self._foundation.schedules.remove_of_project,
                self._foundation.webhooks.remove_of_project,
            ),
            audit=self._foundation.audit,
            transactions=stores.transactions,
        )
