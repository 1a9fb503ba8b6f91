from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from control_api.services.accounts.actor import Actor
from control_api.services.accounts.audit_trail import AuditTrail
from control_api.services.accounts.projects import ProjectService
from control_api.services.errors import Conflict, InvalidInput, NotFound, WebhookNotFound
from control_api.services.webhooks.webhook_events import TEST_EVENT, body_of_event
from control_api.services.webhooks.webhook_signature import new_secret
from storage.base.clock import utc_now
from storage.base.ids import new_id
from storage.base.transactions import Session, Transactions
from storage.events.deliveries import Deliveries, Delivery, DeliveryStatus, NewDelivery
from storage.events.webhooks import NewWebhook, Secret, Webhook, WebhookChange, Webhooks

MAX_WEBHOOKS = 20
# How long a secret that was replaced still signs.
ROTATION = timedelta(hours=24)
_MAX_SECRETS = 5

# Raises ValueError, saying why, for a URL that is never called.
CheckUrl = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class WebhookStores:
    webhooks: Webhooks
    deliveries: Deliveries


@dataclass(frozen=True, slots=True)
class WebhookWithSecret:
    """`secret` is set in the one answer that shows it."""

    webhook: Webhook
    secret: str | None = field(default=None, repr=False)


class WebhookService:
    def __init__(
        self,
        stores: WebhookStores,
        projects: ProjectService,
        *,
        check_url: CheckUrl,
        audit: AuditTrail,
        transactions: Transactions,
    ) -> None:
        self._webhooks = stores.webhooks
        self._deliveries = stores.deliveries
        self._projects = projects
        self._check_url = check_url
        self._audit = audit
        self._transactions = transactions

    def create(
        self,
        actor: Actor,
        project_id: str,
        *,
        url: str,
        events: Sequence[str],
        enabled: bool,
        monitor_ids: Sequence[str] = (),
    ) -> WebhookWithSecret:
        """`monitor_ids`: whose events it waits for; none: those of all monitors of the project."""
        self._projects.get(actor, project_id)
        self._refuse_bad_url(url)
        new = NewWebhook(
            organization_id=actor.organization_id,
            project_id=project_id,
            url=url,
            events=events,
            enabled=enabled,
            secret=new_secret(),
            monitor_ids=monitor_ids,
        )

        def work(session: Session) -> Webhook:
            if self._webhooks.count_of_project(project_id, session) >= MAX_WEBHOOKS:
                raise Conflict(f"A project can have {MAX_WEBHOOKS} webhooks at most")
            webhook = self._webhooks.insert(new, session)
            self._audit.record(
                actor,
                "webhook.created",
                entity_id=webhook.id,
                entity_name=url,
                metadata={"url": url, "events": list(events)},
                session=session,
            )
            return webhook

        return WebhookWithSecret(self._transactions.run(work), new.secret)

    def get(self, actor: Actor, webhook_id: str, session: Session | None = None) -> Webhook:
        webhook = self._webhooks.find(webhook_id, actor.organization_id, session)
        if webhook is None or not actor.sees(webhook.project_id):
            raise WebhookNotFound
        return webhook

    def list_page(
        self, actor: Actor, project_id: str, *, limit: int, offset: int
    ) -> tuple[list[Webhook], int]:
        self._projects.get(actor, project_id)
        return self._webhooks.list_page(
            actor.organization_id, project_id, limit=limit, offset=offset
        )

    def newest_of(
        self, actor: Actor, project_ids: Sequence[str], *, limit: int, before: str | None
    ) -> list[Webhook]:
        """Of these projects of the actor together, newest first, by one question."""
        return self._webhooks.newest_of(
            actor.organization_id, project_ids, limit=limit, before=before
        )

    def update(
        self,
        actor: Actor,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        monitor_ids: Sequence[str] | None = None,
        enabled: bool | None = None,
        rotate_secret: bool = False,
    ) -> WebhookWithSecret:
        """Change what is not None. With `rotate_secret` the old secret signs too for a day."""
        if url is not None:
            self._refuse_bad_url(url)
        secret = new_secret() if rotate_secret else None

        def work(session: Session) -> Webhook:
            webhook = self.get(actor, webhook_id, session)
            change = WebhookChange(
                url=url,
                events=events,
                monitor_ids=monitor_ids,
                enabled=enabled,
                secrets=_rotated(webhook.secrets, secret) if secret else None,
            )
            changed = self._webhooks.update(webhook_id, change, session)
            if changed is None:
                raise WebhookNotFound
            asked = {
                "url": url,
                "events": events,
                "monitorIds": monitor_ids,
                "enabled": enabled,
            }
            metadata = {key: value for key, value in asked.items() if value is not None}
            if secret:
                metadata["rotateSecret"] = True
            self._audit.record(
                actor,
                "webhook.updated",
                entity_id=webhook_id,
                entity_name=changed.url,
                metadata=metadata,
                session=session,
            )
            return changed

        return WebhookWithSecret(self._transactions.run(work), secret)

    def delete(self, actor: Actor, webhook_id: str) -> None:
        def work(session: Session) -> None:
            webhook = self.get(actor, webhook_id, session)
            self._webhooks.delete(webhook_id, session)
            self._deliveries.delete_of_webhook(webhook_id, session)
            self._audit.record(
                actor,
                "webhook.deleted",
                entity_id=webhook_id,
                entity_name=webhook.url,
                session=session,
            )

        self._transactions.run(work)

    def remove_of_project(self, project_id: str, session: Session) -> None:
        """For the removal of a project, in its transaction."""
        for webhook_id in self._webhooks.ids_of_project(project_id, session):
            self._webhooks.delete(webhook_id, session)
            self._deliveries.delete_of_webhook(webhook_id, session)

    def send_test(self, actor: Actor, webhook_id: str) -> Delivery:
        """A test event, sent as any other."""

        def work(session: Session) -> Delivery:
            webhook = self._get_enabled(actor, webhook_id, session)
            data = {
                "webhookId": webhook.id,
                "projectId": webhook.project_id,
                "organizationId": webhook.organization_id,
            }
            new = NewDelivery(
                organization_id=webhook.organization_id,
                webhook_id=webhook.id,
                event_id=new_id(),
                event_type=TEST_EVENT,
                body=body_of_event(TEST_EVENT, utc_now(), data),
            )
            delivery = self._deliveries.insert(new, session)
            self._audit.record(
                actor,
                "webhook.tested",
                entity_id=webhook_id,
                entity_name=webhook.url,
                session=session,
            )
            return delivery

        return self._transactions.run(work)

    def list_deliveries(
        self,
        actor: Actor,
        webhook_id: str,
        *,
        status: DeliveryStatus | None,
        limit: int,
        offset: int,
    ) -> tuple[list[Delivery], int]:
        self.get(actor, webhook_id)
        return self._deliveries.list_page(webhook_id, status=status, limit=limit, offset=offset)

    def redeliver(self, actor: Actor, webhook_id: str, delivery_id: str) -> Delivery:
        """Send an event again, under its own id, whatever became of it before."""

        def work(session: Session) -> Delivery:
            webhook = self._get_enabled(actor, webhook_id, session)
            delivery = self._deliveries.send_again(delivery_id, webhook_id, session)
            if delivery is None:
                raise NotFound("Delivery not found")
            self._audit.record(
                actor,
                "webhook.redelivered",
                entity_id=webhook_id,
                entity_name=webhook.url,
                metadata={"deliveryId": delivery_id},
                session=session,
            )
            return delivery

        return self._transactions.run(work)

    def _get_enabled(self, actor: Actor, webhook_id: str, session: Session) -> Webhook:
        webhook = self.get(actor, webhook_id, session)
        if not webhook.enabled:
            raise Conflict("Webhook is disabled")
        return webhook

    def _refuse_bad_url(self, url: str) -> None:
        try:
            self._check_url(url)
        except ValueError as error:
            raise InvalidInput(f"url {error}") from error


def _rotated(secrets: Sequence[Secret], new: str) -> list[Secret]:
    now = utc_now()
    kept = [
        Secret(old.value, old.expires_at or now + ROTATION)
        for old in secrets
        if old.expires_at is None or old.expires_at > now
    ]
    return [Secret(new), *kept][:_MAX_SECRETS]
