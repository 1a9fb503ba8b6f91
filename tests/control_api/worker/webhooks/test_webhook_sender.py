"""Events on their way: from the end of a job to an endpoint."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from ipaddress import ip_network
from threading import Event

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from control_api.gateways.outbound import Outbound
from control_api.services.webhooks.webhook_events import EventFanOut
from control_api.services.webhooks.webhook_signature import new_secret
from control_api.worker.webhook_sender import Lanes, WebhookSender
from storage.accounts.projects import Projects
from storage.base.clock import utc_now
from storage.events.deliveries import Deliveries, Delivery
from storage.events.webhooks import NewWebhook, Secret, Webhook, WebhookChange, Webhooks
from tests.control_api.gateways.receiver import Received, Receiver, running_receiver
from tests.stores import Store, failure, success

LOOPBACK = (ip_network("127.0.0.0/8"),)
EVENTS = ("job.completed", "job.failed", "job.cancelled")


class Post:
    """A project's webhooks with as many senders as a test wants."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.webhooks = Webhooks(store.database)
        self.deliveries = Deliveries(store.database)
        self.stop = Event()
        self._senders: list[WebhookSender] = []

    def sender(self, *, seconds: float = 5.0, **options) -> WebhookSender:
        fan_out = EventFanOut(
            self.store.outbox,
            self.webhooks,
            self.deliveries,
            projects=Projects(self.store.database),
            targets=self.store.targets,
            transactions=self.store.transactions,
        )
        outbound = Outbound(LOOPBACK, exchange_seconds=seconds)
        sender = WebhookSender(
            fan_out, self.webhooks, self.deliveries, outbound, stop=self.stop, **options
        )
        self._senders.append(sender)
        return sender

    def add(
        self,
        url: str,
        *,
        events=EVENTS,
        enabled: bool = True,
        organization: str = "an-organization",
    ) -> Webhook:
        new = NewWebhook(
            organization_id=organization,
            project_id="a-project",
            url=url,
            events=events,
            enabled=enabled,
            secret=new_secret(),
        )
        return self.store.transactions.run(lambda session: self.webhooks.insert(new, session))

    def end_job(self) -> str:
        job = self.store.add_job(1)
        self.store.settlement.commit([], [success(job, 0)])
        return job.id

    def of(self, webhook: Webhook) -> list[Delivery]:
        return self.deliveries.list_page(webhook.id, status=None, limit=100, offset=0)[0]

    def make_due(self) -> None:
        self.store.database["deliveries"].update_many(
            {"status": "pending"}, {"$set": {"nextAttemptAt": utc_now()}}
        )

    def close(self) -> None:
        self.stop.set()
        for sender in self._senders:
            sender.close()


@pytest.fixture
def post(store: Store) -> Iterator[Post]:
    post = Post(store)
    yield post
    post.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


def until(is_so: Callable[[], object], *, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.01)


def verified(received: Received, *secrets: str) -> dict:
    for secret in secrets:
        Verifier(secret).verify(received.body, dict(received.headers))
    return json.loads(received.body)


def test_an_event_is_signed_as_standard_webhooks_says(post: Post, receiver: Receiver) -> None:
    """H1: verified with the published `standardwebhooks` library."""
    webhook = post.add(receiver.url)
    job_id = post.end_job()
    post.sender().step()
    until(lambda: post.of(webhook)[0].status == "delivered")
    [received] = receiver.received
    body = verified(received, webhook.secrets[0].value)
    assert body["type"] == "job.completed"
    assert body["timestamp"].endswith("Z")
    assert body["data"]["jobId"] == job_id
    assert body["data"]["organizationId"] == "an-organization"
    assert body["data"]["counts"] == {"total": 1, "success": 1, "failed": 0, "cancelled": 0}
    # Metadata only, no rows.
    assert b"B000000001" not in received.body
    assert received.headers["Content-Type"] == "application/json"
    [attempt] = post.of(webhook)[0].attempts
    assert (attempt.status, attempt.error) == (200, None)
    with pytest.raises(WebhookVerificationError):
        verified(received, new_secret())


def test_after_a_rotation_both_secrets_sign(post: Post, receiver: Receiver) -> None:
    """H1: rotation sends two signatures."""
    webhook = post.add(receiver.url)
    old, new, dead = webhook.secrets[0].value, new_secret(), new_secret()
    secrets = [
        Secret(new),
        Secret(old, utc_now() + timedelta(hours=24)),
        Secret(dead, utc_now() - timedelta(seconds=1)),
    ]
    post.store.transactions.run(
        lambda session: post.webhooks.update(webhook.id, WebhookChange(secrets=secrets), session)
    )
    post.end_job()
    post.sender().step()
    until(lambda: receiver.received)
    verified(receiver.received[0], old, new)
    assert len(receiver.received[0].headers["webhook-signature"].split(" ")) == 2
    with pytest.raises(WebhookVerificationError):
        verified(receiver.received[0], dead)


def test_each_webhook_gets_the_events_it_waits_for(post: Post, receiver: Receiver) -> None:
    wants_failed = post.add(receiver.url, events=("job.failed",))
    is_off = post.add(receiver.url, enabled=False)
    wants_all = post.add(receiver.url)
    job = post.store.add_job(1)
    post.end_job()
    post.store.settlement.commit([], [failure(job, 0)])
    cancelled = post.store.add_job(1)
    post.store.settlement.cancel(cancelled.id)
    sender = post.sender()

    def all_delivered() -> bool:
        sender.step()
        return sum(one.status == "delivered" for one in post.of(wants_all)) == 3

    until(all_delivered)
    assert [one.event_type for one in post.of(wants_failed)] == ["job.failed"]
    assert post.of(is_off) == []
    assert {one.event_type for one in post.of(wants_all)} == set(EVENTS)
    assert post.store.outbox.list_to_dispatch(limit=10) == []


def test_the_same_id_and_body_on_each_try_with_a_new_time(post: Post, receiver: Receiver) -> None:
    """H2: at least once, same id on each try."""
    receiver.statuses = [500, 302, 204]
    webhook = post.add(receiver.url)
    post.end_job()
    sender = post.sender()
    for count in (1, 2, 3):
        sender.step()
        until(lambda count=count: len(post.of(webhook)[0].attempts) == count)
        if count < 3:
            assert post.of(webhook)[0].status == "pending"
        post.make_due()
    assert post.of(webhook)[0].status == "delivered"
    assert [one.status for one in post.of(webhook)[0].attempts] == [500, 302, 204]
    assert len({one.headers["webhook-id"] for one in receiver.received}) == 1
    assert len({one.body for one in receiver.received}) == 1
    for received in receiver.received:
        verified(received, webhook.secrets[0].value)


def test_410_disables_the_webhook(post: Post, receiver: Receiver) -> None:
    """H4: 410 disables."""
    receiver.statuses = [410]
    webhook = post.add(receiver.url)
    post.end_job()
    post.sender().step()
    until(lambda: post.of(webhook)[0].status == "failed")
    found = post.webhooks.find(webhook.id)
    assert found is not None
    assert (found.enabled, found.disabled_reason) == (False, "The endpoint answered 410 Gone")


def test_retry_after_is_honoured(post: Post, receiver: Receiver) -> None:
    """H4: honours `Retry-After`."""
    receiver.statuses, receiver.headers = [503], {"Retry-After": "3600"}
    webhook = post.add(receiver.url)
    post.end_job()
    post.sender().step()
    until(lambda: post.of(webhook)[0].attempts)
    again = post.of(webhook)[0].next_attempt_at
    assert again is not None
    assert timedelta(minutes=59) < again - utc_now() <= timedelta(minutes=60)


def test_after_the_last_try_it_fails(post: Post, receiver: Receiver) -> None:
    receiver.statuses = [500]
    webhook = post.add(receiver.url)
    post.end_job()
    sender = post.sender()
    for count in range(1, 9):
        sender.step()
        until(lambda count=count: len(post.of(webhook)[0].attempts) == count)
        post.make_due()
    assert post.of(webhook)[0].status == "failed"
    sender.step()
    time.sleep(0.1)
    assert len(receiver.received) == 8


def test_an_address_inside_is_refused_at_the_socket(post: Post) -> None:
    """H3: on every try, whatever was stored."""
    webhook = post.add("http://10.0.0.1/hook")
    post.end_job()
    post.sender().step()
    until(lambda: post.of(webhook)[0].attempts)
    [attempt] = post.of(webhook)[0].attempts
    assert attempt.status is None
    assert (
        attempt.error
        == "The URL must not lead to a private address, unless ALLOWED_NETWORKS of the server holds it"
    )


def test_a_webhook_that_was_switched_off_meanwhile_gets_nothing(
    post: Post, receiver: Receiver
) -> None:
    webhook = post.add(receiver.url)
    post.end_job()
    sender = post.sender()
    sender._fan_out.fan_out()
    post.webhooks.disable(webhook.id, reason="test")
    sender.step()
    until(lambda: post.of(webhook)[0].status == "failed")
    assert receiver.received == []


def test_an_event_that_breaks_holds_up_no_other_and_is_raised(
    post: Post, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = post.add(receiver.url)
    post.end_job()
    post.end_job()
    outbox = post.store.database["outbox"]
    first = outbox.find_one(sort=[("createdAt", 1)])
    # JSON has no bytes.
    outbox.update_one({"_id": first["_id"]}, {"$set": {"data.bytes": b"x"}})
    with pytest.raises(TypeError):
        post.sender().step()
    assert [delivery.event_id == first["_id"] for delivery in post.of(webhook)] == [False]
    assert f"event {first['_id']} broke" in caplog.text


def test_a_delivery_that_breaks_is_counted_and_comes_due_again(
    post: Post, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    webhook = post.add(receiver.url)
    post.end_job()
    defects: list[str] = []
    sender = post.sender(count_defect=defects.append)
    sender._fan_out.fan_out()
    own = {"_id": webhook.id}
    post.store.database["webhooks"].update_one(own, {"$unset": {"url": ""}})
    sender.step()
    until(lambda: defects)
    assert defects == ["webhooks"]
    assert "KeyError" in caplog.text
    post.store.database["webhooks"].update_one(own, {"$set": {"url": receiver.url}})
    post.make_due()
    sender.step()
    until(lambda: receiver.received)


def test_a_hanging_endpoint_delays_nobody(post: Post, receiver: Receiver) -> None:
    """H4, with many events for the endpoint that hangs, all due before the other's."""
    with running_receiver(hold=Event()) as hanging:
        slow = post.add(hanging.url, organization="slow")
        for _ in range(10):
            post.end_job()
        sender = post.sender(seconds=20, lanes=Lanes(threads=4))
        sender.step()
        assert len(post.of(slow)) == 10
        quick = post.add(receiver.url)
        post.end_job()
        start = time.monotonic()
        sender.step()
        until(lambda: post.of(quick) and post.of(quick)[0].status == "delivered")
        assert time.monotonic() - start < 2
        assert len(hanging.received) == 2


def test_many_endpoints_that_hang_leave_half_of_the_threads(post: Post, receiver: Receiver) -> None:
    with ExitStack() as stack:
        hanging = [stack.enter_context(running_receiver(hold=Event())) for _ in range(6)]
        slow = [post.add(one.url, organization=f"o{index}") for index, one in enumerate(hanging)]
        sender = post.sender(seconds=0.3, lanes=Lanes(threads=4))
        post.end_job()
        # Each of them fails once; from then on they share half of the threads.
        end = time.monotonic() + 10
        while any(not post.of(one) or not post.of(one)[0].attempts for one in slow):
            assert time.monotonic() < end
            sender.step()
            time.sleep(0.05)
        sender._outbound = Outbound(LOOPBACK, exchange_seconds=10)
        post.make_due()
        sender.step()
        quick = post.add(receiver.url)
        post.end_job()
        start = time.monotonic()
        sender.step()
        until(lambda: post.of(quick) and post.of(quick)[0].status == "delivered")
        assert time.monotonic() - start < 2


def test_many_senders_send_each_event_once(post: Post, receiver: Receiver) -> None:
    webhook = post.add(receiver.url)
    jobs = {post.end_job() for _ in range(30)}
    senders = [post.sender(lanes=Lanes(per_webhook=4)) for _ in range(4)]

    def all_delivered() -> bool:
        for sender in senders:
            sender.step()
        return sum(one.status == "delivered" for one in post.of(webhook)) == len(jobs)

    until(all_delivered, seconds=20)
    sent = [json.loads(one.body)["data"]["jobId"] for one in receiver.received]
    assert sorted(sent) == sorted(jobs)


def test_a_delivery_whose_sender_died_comes_due_again(post: Post, receiver: Receiver) -> None:
    webhook = post.add(receiver.url)
    post.end_job()
    post.sender()._fan_out.fan_out()
    taken = post.deliveries.claim(utc_now(), lease_seconds=0.2)
    assert taken is not None
    assert post.deliveries.claim(utc_now(), lease_seconds=1) is None
    sender = post.sender()

    def sent() -> bool:
        sender.step()
        return bool(receiver.received)

    until(sent)
    until(lambda: post.of(webhook)[0].status == "delivered")
    # What the first one finds out later no longer counts.
    attempt = post.of(webhook)[0].attempts[0]
    assert not post.deliveries.record(
        taken, attempt, status=post.of(webhook)[0].status, next_attempt_at=None
    )
