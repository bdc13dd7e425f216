"""The plans in force: what administrators have set, else as `gateway.access.plan` has them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from catalog.errors import NotFound
from catalog.registry import work
from catalog.text import Text
from gateway.access.plan import DEFAULT_PLANS, Plan
from gateway.access.tables import plans

__all__ = ["plans_in_force", "set_plan"]


def plans_in_force(snapshot: Connection) -> dict[str, Plan]:
    """Every plan by name, in the order of the defaults."""
    rows = snapshot.execute(select(plans))
    changed = {row.name: Plan(row.name, row.per_second, row.burst, row.daily, row.concurrent) for row in rows}
    return {name: changed.get(name, plan) for name, plan in DEFAULT_PLANS.items()}


def set_plan(unit: Connection, plan: Plan, by: str, at: datetime) -> None:
    """Change a plan for all who have it, effective with the commit. Raises NotFound: there is no plan of this name."""
    if plan.name not in DEFAULT_PLANS:
        raise NotFound(
            Text(f"没有套餐 {plan.name}", f"There is no plan {plan.name}"),
            Text(f"可用：{'、'.join(DEFAULT_PLANS)}", f"Use one of {', '.join(DEFAULT_PLANS)}"),
        )
    limits = {
        "per_second": plan.per_second,
        "burst": plan.burst,
        "daily": plan.daily,
        "concurrent": plan.concurrent,
    }
    values = limits | {"set_by": by, "set_at": at}
    if not unit.execute(update(plans).where(plans.c.name == plan.name).values(**values)).rowcount:
        unit.execute(insert(plans).values(name=plan.name, **values))
    work.keys_changed(unit)
