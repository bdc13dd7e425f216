"""Keys, plans and usage as people ask for them: permission, change and ledger leaf in one transaction.

In an institution a key is its holder's own. In a personal home the owner gives keys for any role.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from catalog.errors import BadInput, NotAllowed, NotFound, Where
from catalog.registry import queries
from catalog.text import Text
from gateway.access import Action, Person, Role, is_institution, issue, key_list, may, require, revoke
from gateway.access.keys import KeyRecord, KeyTerms, prefix_of, rotate
from gateway.access.plan import Plan, plan_for
from gateway.access.plans import set_plan
from gateway.access.usage import usage_rows
from gateway.gate import Gate
from gateway.serve.meter import open_meter

__all__ = ["change_plan", "issue_key", "keys_of", "revoke_key", "rotate_key", "usage_of"]

ANY_TERMS = KeyTerms()
USAGE_DAYS = 30
OVERLAP = timedelta(days=7)
"""How long the old key is taken beside the new one where nobody says otherwise."""


def issue_key(
    gate: Gate,
    by: Person,
    label: str,
    role: Role,
    publisher: str | None,
    terms: KeyTerms = ANY_TERMS,
) -> str:
    """An API key: in an institution one's own, in a role one holds; in a personal home for any role. `plan` "" is the
    first that the role has.

    Raises NotAllowed for a role or publisher that is not one's own, NotFound for a dataset that is not known, BadInput,
    Conflict for one key too many.
    """
    now = gate.now()
    with gate.registry.transaction() as unit:
        holder = None
        if is_institution(unit):
            require(by, Action.OWN_KEYS)
            holder = by.name
            publisher = publisher or (by.publisher if role is Role.STEWARD else None)
            if role not in by.roles or (role is Role.STEWARD and publisher != by.publisher):
                raise NotAllowed(
                    Text("只能为自己拥有的角色发放密钥", "A key is for a role (and publisher) of one's own"),
                    Text(
                        f"您的角色：{'、'.join(sorted(by.roles))}",
                        f"Your roles: {', '.join(sorted(by.roles))}",
                    ),
                )
        else:
            require(by, Action.MANAGE_KEYS)
        for dataset in terms.datasets:
            if queries.dataset(unit, dataset) is None:
                raise NotFound(
                    Text(f"没有数据集 {dataset}", f"There is no dataset {dataset}"),
                    Text("请在 /api/v1/datasets 查找数据集", "Find datasets at /api/v1/datasets"),
                    Where(parameter="datasets"),
                )
        terms = replace(terms, plan=plan_for(role if holder else Role.OWNER, terms.plan or None))
        key = issue(unit, gate.keys, label, role, publisher, now, holder, terms)
        event = {"kind": "key-issued", "key": prefix_of(key), "role": role.value, "by": by.name}
        gate.append_leaf(unit, event | ({"publisher": publisher} if publisher else {}), now)
    return key


def rotate_key(gate: Gate, by: Person, prefix: str, until: datetime | None = None) -> tuple[str, datetime]:
    """A new key in place of one's own, and the moment until which the old one is taken as well: a week ahead where none
    is given. Raises what `keys.rotate` raises, and NotAllowed."""
    require(by, Action.OWN_KEYS)
    now = gate.now()
    last = now + OVERLAP if until is None else until
    with gate.registry.transaction() as unit:
        # nobody gets the key of another into their hands; in a personal home all are the owner's
        own = by.name if is_institution(unit) else _whose(by)
        key = rotate(unit, gate.keys, prefix, now, last, own)
        event = {"kind": "key-rotated", "key": prefix, "new": prefix_of(key), "by": by.name}
        gate.append_leaf(unit, event, now)
    return key, last


def revoke_key(gate: Gate, by: Person, prefix: str) -> None:
    """Refuse a key from now on: one's own, or anybody's for who manages keys. Raises NotFound, NotAllowed."""
    own = _whose(by)
    now = gate.now()
    with gate.registry.transaction() as unit:
        revoke(unit, prefix, now, own)
        gate.append_leaf(unit, {"kind": "key-revoked", "key": prefix, "by": by.name}, now)


def keys_of(gate: Gate, by: Person) -> tuple[KeyRecord, ...]:
    """One's own keys, or everybody's for who manages them; newest first. Raises NotAllowed."""
    own = _whose(by)
    with gate.registry.reading() as snapshot:
        return key_list(snapshot, own)


def _whose(by: Person) -> str | None:
    """None for who manages the keys of all. Raises NotAllowed."""
    if may(by, Action.MANAGE_KEYS):
        return None
    require(by, Action.OWN_KEYS)
    return by.name


def change_plan(gate: Gate, by: Person, plan: Plan) -> Plan:
    """Set the limits of a plan, for all who have it, within a second. Raises NotAllowed, NotFound."""
    require(by, Action.SET_PLANS)
    now = gate.now()
    with gate.registry.transaction() as unit:
        set_plan(unit, plan, by.name, now)
        limits = {
            "per_second": f"{plan.per_second:g}",
            "burst": plan.burst,
            "daily": plan.daily,
            "concurrent": plan.concurrent,
        }
        gate.append_leaf(unit, {"kind": "plan-set", "plan": plan.name, "by": by.name, **limits}, now)
    return plan


def usage_of(
    gate: Gate,
    by: Person,
    of: str,
    first: date | None = None,
    last: date | None = None,
    publisher: str | None = None,
    dataset: str | None = None,
) -> dict[str, Any]:
    """Requests by day, dataset and status class. `of` "keys": of one's own keys (of all, for the owner of a personal
    home), each apart; "datasets": of the publisher one acts for, or of all for the data office, keys added up.

    Raises NotAllowed, BadInput: the days are in the wrong order.
    """
    today = (gate.now() + timedelta(hours=gate.settings.day_offset_h)).date()
    last = last or today
    first = first or last - timedelta(days=USAGE_DAYS)
    if first > last:
        raise BadInput(
            Text("起始日晚于结束日", "The first day is after the last"),
            Text("请对调两个日期", "Exchange the two days"),
            Where(parameter="since"),
        )
    with gate.registry.reading() as snapshot:
        publishers: Mapping[str, str] = queries.publishers(snapshot)
        keys = None
        if of == "keys":
            require(by, Action.OWN_KEYS)
            holder = by.name if is_institution(snapshot) else None
            keys = {one.prefix for one in key_list(snapshot, holder)}
        else:
            if publisher is None and not may(by, Action.SEE_USAGE, ""):
                publisher = by.publisher  # who may not see everybody's is shown their own
            require(by, Action.SEE_USAGE, publisher)
    wanted = {dataset} if dataset else None
    if publisher is not None:
        theirs = {name for name, whose in publishers.items() if whose == publisher}
        wanted = theirs if wanted is None else wanted & theirs
    meter = open_meter(gate.settings.meter)
    try:
        with meter.reading() as snapshot:
            rows = usage_rows(snapshot, first, last, keys=keys, datasets=wanted, by_key=of == "keys")
    finally:
        meter.close()
    return {
        "of": of,
        "since": first.isoformat(),
        "until": last.isoformat(),
        "usage": [
            {
                "day": row.day.isoformat(),
                **({"key": row.key} if of == "keys" else {}),
                "dataset": row.dataset or None,
                "publisher": publishers.get(row.dataset),
                "status": f"{row.status}xx",
                "requests": tally.requests,
                "bytes": tally.bytes,
            }
            for row, tally in rows
        ],
    }
