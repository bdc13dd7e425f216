"""Notices to publishers and subscribers: written with their cause, sent afterwards as signed webhooks.

A notice names what happened and where to read on, never a value. It is sent until the receiver has taken it, at
growing intervals; a receiver that never answers is given up after a day.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, true, update
from standardwebhooks import Webhook

from catalog.errors import KaizhaError, NotFound
from catalog.registry.tables import datasets
from catalog.text import Text
from gateway.access import OWNER, Action, Person, Role, is_institution, may, person_of, require
from gateway.gate import Gate, new_submission_id
from gateway.governance.outbound import post, vet
from gateway.governance.tables import deliveries, notices, subscriptions

__all__ = [
    "Subscription",
    "deliver",
    "listed",
    "subscribe",
    "tell",
    "tell_datasets",
    "told",
    "unsubscribe",
]

# Waits between attempts, as the Standard Webhooks specification advises: at once, then within minutes, then hours.
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1_800, 7_200, 14_400, 28_800, 36_000))
BATCH = 50
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who hears of what: everything, or what concerns one publisher or dataset."""

    id: str
    url: str
    person: str
    publisher: str | None
    dataset_id: str | None
    created_at: datetime


def subscribe(
    gate: Gate, person: Person, url: str, publisher: str | None = None, dataset_id: str | None = None
) -> tuple[Subscription, str]:
    """A new subscription, and the secret that its notices are signed with (``whsec_…``), to be shown once.

    A steward hears of their own publisher only. Raises BadInput: an address that may not be called.
    """
    require(person, Action.SUBSCRIBE, publisher)
    publisher = publisher or person.publisher
    vet(url, gate.settings.private_webhooks)
    now = gate.now()
    one = Subscription(new_submission_id(now), url, person.name, publisher, dataset_id, now)
    with gate.registry.transaction() as unit:
        unit.execute(
            insert(subscriptions).values(
                id=one.id,
                url=url,
                person=one.person,
                publisher=publisher,
                dataset_id=dataset_id,
                created_at=now,
                active=True,
            )
        )
    return one, _secret(gate, one.id)


def unsubscribe(gate: Gate, person: Person, subscription_id: str) -> None:
    """End a subscription that the person may see. Raises NotFound."""
    require(person, Action.SUBSCRIBE)
    own = (subscriptions.c.id == subscription_id) & subscriptions.c.active & _theirs(person)
    with gate.registry.transaction() as unit:
        if not unit.execute(update(subscriptions).where(own).values(active=False)).rowcount:
            raise NotFound(
                Text(f"没有订阅 {subscription_id}", f"There is no subscription {subscription_id}"),
                Text("用 kaizha subscription list 查看", "See kaizha subscription list"),
            )


def listed(gate: Gate, person: Person) -> tuple[Subscription, ...]:
    """Subscriptions in force, newest first: one's own, as a steward one's publisher's, and everybody's for who governs
    (an address is a secret of its receiver). Raises NotAllowed."""
    require(person, Action.SUBSCRIBE)
    query = select(subscriptions).where(subscriptions.c.active, _theirs(person))
    with gate.registry.reading() as snapshot:
        rows = snapshot.execute(query.order_by(subscriptions.c.id.desc())).all()
    return tuple(
        Subscription(row.id, row.url, row.person, row.publisher, row.dataset_id, row.created_at)
        for row in rows
    )


def _theirs(person: Person) -> ColumnElement[bool]:
    if person.roles & {Role.OFFICER, Role.DATA_OFFICE, Role.OWNER}:
        return true()
    own = subscriptions.c.person == person.name
    return own if person.publisher is None else own | (subscriptions.c.publisher == person.publisher)


def tell(
    unit: Connection, kind: str, document: Mapping[str, Any], at: datetime, hears: Action | None = None
) -> None:
    """A notice to everybody, or to whom the action `hears` is permitted when it is sent."""
    unit.execute(
        insert(notices).values(
            id=new_submission_id(at),
            kind=kind,
            document=dict(document),
            at=at,
            spread=False,
            hears=hears.name if hears else None,
        )
    )


def tell_datasets(
    unit: Connection,
    kind: str,
    dataset_ids: Sequence[str],
    document: Mapping[str, Any],
    at: datetime,
    hears: Action | None = None,
) -> None:
    """A notice for each dataset, to those who follow it or its publisher (and may, as `tell` says)."""
    publishers: dict[str, str] = {}
    for start in range(0, len(dataset_ids), 500):
        some = datasets.c.id.in_(list(dataset_ids[start : start + 500]))
        rows = unit.execute(select(datasets.c.id, datasets.c.publisher).where(some))
        publishers |= {row.id: row.publisher for row in rows}
    rows_ = [
        {
            "id": new_submission_id(at),
            "kind": kind,
            "dataset_id": dataset_id,
            "publisher": publishers.get(dataset_id),
            "document": dict(document),
            "at": at,
            "spread": False,
            "hears": hears.name if hears else None,
        }
        for dataset_id in dataset_ids
    ]
    if rows_:
        unit.execute(insert(notices), rows_)


def told(snapshot: Connection, kind: str) -> int:
    """How many notices of a kind there have been."""
    query = select(func.count()).select_from(notices).where(notices.c.kind == kind)
    return int(snapshot.execute(query).scalar_one())


def deliver(gate: Gate) -> int:
    """Send what is due; how many were taken. What fails is tried again later and logged by kind, never by content."""
    _spread(gate)
    now = gate.now()
    due = (
        select(deliveries, subscriptions.c.url, notices.c.kind, notices.c.dataset_id, notices.c.document)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription_id)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .add_columns(notices.c.at)
        .where(deliveries.c.due_at <= now, subscriptions.c.active)
        .order_by(deliveries.c.due_at)
        .limit(BATCH)
    )
    with gate.registry.reading() as snapshot:
        rows = snapshot.execute(due).all()
    taken = 0
    for row in rows:
        failure = _send(gate, row)
        taken += failure is None
        attempts = row.attempts + 1
        again = None if failure is None or attempts > len(RETRIES) else gate.now() + RETRIES[attempts - 1]
        with gate.registry.transaction() as unit:
            this = (deliveries.c.notice_id == row.notice_id) & (
                deliveries.c.subscription_id == row.subscription_id
            )
            unit.execute(
                update(deliveries)
                .where(this)
                .values(
                    attempts=attempts,
                    due_at=again,
                    failure=failure,
                    delivered_at=gate.now() if failure is None else None,
                )
            )
    return taken


def _send(gate: Gate, row: Any) -> str | None:
    """None when the receiver took it, else the kind of failure."""
    body = json.dumps(
        {
            "type": row.kind,
            "timestamp": row.at.isoformat(),
            "data": {"dataset": row.dataset_id, **row.document},
        },
        ensure_ascii=False,
    )
    sent_at = gate.now()
    headers = {
        "content-type": "application/json",
        "webhook-id": row.notice_id,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Webhook(_secret(gate, row.subscription_id)).sign(row.notice_id, sent_at, body),
    }
    try:
        status = post(row.url, body.encode(), headers, gate.settings.private_webhooks)
    except KaizhaError as error:
        log.warning("webhook not delivered", subscription=row.subscription_id, kind=type(error).__name__)
        return type(error).__name__
    return None if 200 <= status < 300 else f"status {status}"


def _spread(gate: Gate) -> None:
    """A delivery for every subscription that a new notice concerns."""
    with gate.registry.reading() as snapshot:
        new = snapshot.execute(select(notices).where(~notices.c.spread).limit(1_000)).all()
    if not new:
        return
    with gate.registry.transaction() as unit:
        for notice in new:
            query = select(subscriptions.c.id, subscriptions.c.person).where(subscriptions.c.active)
            if notice.dataset_id is not None:  # otherwise it concerns everybody
                query = query.where(
                    _unset_or(subscriptions.c.dataset_id, notice.dataset_id),
                    _unset_or(subscriptions.c.publisher, notice.publisher),
                )
            rows = [
                {"notice_id": notice.id, "subscription_id": one.id, "attempts": 0, "due_at": notice.at}
                for one in unit.execute(query).all()
                if notice.hears is None or _may_hear(unit, one.person, Action[notice.hears])
            ]
            if rows:
                unit.execute(insert(deliveries), rows)
            unit.execute(update(notices).where(notices.c.id == notice.id).values(spread=True))


def _may_hear(unit: Connection, name: str, action: Action) -> bool:
    """By the roles that the subscriber holds now: whoever has lost them hears no more of it."""
    if name == OWNER.name:
        return not is_institution(unit)
    person = person_of(unit, name)
    return person is not None and may(person, action)


def _unset_or(column: ColumnElement[str | None], value: str | None) -> ColumnElement[bool]:
    return or_(column.is_(None), column == value)


def _secret(gate: Gate, subscription_id: str) -> str:
    return "whsec_" + base64.b64encode(gate.keys.derived(f"webhook:{subscription_id}")).decode()
