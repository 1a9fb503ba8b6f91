"""The operator's own proxies: added and removed by admins, used by all crawlers within seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from control_api.gateways.addresses import Network
from control_api.gateways.outbound_url import BadUrl, outbound_url_from_text
from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.errors import Conflict, InvalidInput, NotFound
from settings.addresses import BadAddress, address_from_text
from storage.accounts.proxies import Proxies, Proxy, ProxyExists, fault_of_credentials
from storage.base.away import StorageAway
from storage.base.transactions import Session, Transactions
from storage.queue.proxy_states import ProxyState, ProxyStates

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProxyView:
    proxy: Proxy
    state: ProxyState


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyGroup:
    """`avg_success_rate`: mean over its proxies that were used, in percent; 0 while none was."""

    count: int
    avg_success_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySummary:
    active: ProxyGroup
    banned: ProxyGroup

    @property
    def total(self) -> int:
        return self.active.count + self.banned.count


class ProxyService:
    def __init__(
        self,
        proxies: Proxies,
        states: ProxyStates,
        *,
        allowed_networks: Sequence[Network],
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._proxies = proxies
        self._states = states
        self._allowed = allowed_networks
        self._audit = audit
        self._transactions = transactions

    def list_all(self) -> list[ProxyView]:
        proxies = self._proxies.list_all()
        states = self._states.states([proxy.id for proxy in proxies])
        return [ProxyView(proxy, states[proxy.id]) for proxy in proxies]

    def add(self, actor: Actor, text: str) -> ProxyView:
        """`text`: scheme://[user:password@]host:port. Raises InvalidInput, Conflict."""
        try:
            url = proxy_url_from_text(text, self._allowed)
        except BadUrl as error:
            raise InvalidInput(f"url {error}") from None

        def work(session: Session) -> Proxy:
            try:
                proxy = self._proxies.insert(url, session=session)
            except ProxyExists:
                raise Conflict("This proxy is there already") from None
            self._record(actor, "proxy.created", proxy, session)
            return proxy

        return ProxyView(self._transactions.run(work), ProxyState())

    def remove(self, actor: Actor, proxy_id: str) -> None:
        """Crawlers let go of it at their next look at the list."""
        proxy = self._proxies.find(proxy_id)
        if proxy is None:
            raise NotFound("Proxy not found")

        def work(session: Session) -> None:
            if not self._proxies.remove(proxy.id, session=session):
                raise NotFound("Proxy not found")
            self._record(actor, "proxy.deleted", proxy, session)

        self._transactions.run(work)
        try:
            self._states.forget(proxy.id)
        except StorageAway as error:
            # Nobody reads the state of a proxy that is not listed; its id is never used again.
            log.warning("a proxy's state was not forgotten: %s", type(error).__name__)

    def summary(self) -> ProxySummary:
        views = self.list_all()
        return ProxySummary(
            active=_group(views, lambda state: not state.is_banned),
            banned=_group(views, lambda state: state.is_banned),
        )

    def _record(self, actor: Actor, action: str, proxy: Proxy, session: Session) -> None:
        self._audit.record(
            actor,
            action,
            entity_id=proxy.id,
            entity_name=proxy.masked_url,
            metadata={"url": proxy.masked_url},
            session=session,
        )


def proxy_url_from_text(text: str, allowed: Sequence[Network] = ()) -> str:
    """The URL as it is stored; raises BadUrl, whose words never hold the text."""
    try:
        address = address_from_text(text, ("http", "https"))
    except BadAddress as error:
        raise BadUrl(f"is wrong: {error}") from None
    url = outbound_url_from_text(f"{address.scheme}://{address.hosts}{address.rest}", allowed)
    if url.target != "/":
        raise BadUrl("must end after the host and port")
    fault = fault_of_credentials(address)
    if fault is not None:
        raise BadUrl(fault)
    host = f"[{url.host}]" if ":" in url.host else url.host
    return replace(address, hosts=f"{host}:{url.port}").url


def _group(views: Sequence[ProxyView], is_in: Callable[[ProxyState], bool]) -> ProxyGroup:
    states = [view.state for view in views if is_in(view.state)]
    rates = [state.success_rate for state in states if state.success_rate is not None]
    return ProxyGroup(count=len(states), avg_success_rate=round(fmean(rates), 2) if rates else 0.0)
