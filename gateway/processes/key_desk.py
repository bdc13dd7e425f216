"""The gate takes what is asked about keys, plans and usage: each is one function of `gateway.keys`, which asks who may."""

from __future__ import annotations

from typing import Any, assert_never

from catalog.errors import NotAllowed
from catalog.registry import dump
from catalog.text import Text
from gateway import keys
from gateway.access import Person
from gateway.access.keys import KeyTerms, prefix_of
from gateway.access.plan import Plan
from gateway.access.sessions import PREFIX
from gateway.gate import Gate
from gateway.moment import day_of, moment_given
from gateway.processes.key_steps import (
    IssueKey,
    KeyStep,
    ListKeys,
    RevokeKey,
    RotateKey,
    SetPlan,
    ShowUsage,
)
from gateway.processes.steps import Step

__all__ = ["take_key_step"]


def take_key_step(gate: Gate, person: Person, step: KeyStep) -> Any:
    """The result of a step, as JSON values. Raises what `gateway.keys` raises."""
    match step:
        case ListKeys():
            return {"keys": [dump(one) for one in keys.keys_of(gate, person)]}
        case IssueKey():
            _by_session(step)
            ends_at = moment_given(step.expires, "expires")
            terms = KeyTerms(step.plan, step.purpose, tuple(dict.fromkeys(step.datasets)), ends_at)
            return _shown(keys.issue_key(gate, person, step.label, step.role, step.publisher, terms))
        case RotateKey():
            _by_session(step)
            key, until = keys.rotate_key(gate, person, step.id, moment_given(step.until, "until"))
            return _shown(key) | {"replaces": step.id, "until": until.isoformat()}
        case RevokeKey():
            keys.revoke_key(gate, person, step.id)
            return {"id": step.id, "revoked": True}
        case SetPlan():
            plan = Plan(step.name, step.per_second, step.burst, step.daily, step.concurrent)
            return dump(keys.change_plan(gate, person, plan))
        case ShowUsage():
            first = day_of(step.since, "since") if step.since else None
            last = day_of(step.until, "until") if step.until else None
            return keys.usage_of(gate, person, step.of, first, last, step.publisher, step.dataset)
    assert_never(step)


def _shown(key: str) -> dict[str, Any]:
    return {"id": prefix_of(key), "key": key}


def _by_session(step: Step) -> None:
    """A key makes no keys: who finds one could otherwise keep the door open after it is revoked. Raises NotAllowed."""
    if not step.key.startswith(PREFIX):
        raise NotAllowed(
            Text("不能用密钥申请或换发密钥", "A key neither issues nor rotates keys"),
            Text(
                "请登录后办理：kaizha login 或 POST /api/v1/session",
                "Sign in: kaizha login, or POST /api/v1/session",
            ),
        )
