"""Plans: how often a caller of the data APIs may ask. Pure.

Each limit is of one caller (a key, or an address without one) over all servers together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.errors import BadInput, Where
from catalog.text import Text
from gateway.role import Role

__all__ = ["ANONYMOUS_PLAN", "DEFAULT_PLANS", "PARTNER_PLAN", "REGISTERED_PLAN", "Plan", "plan_for"]

LONGEST_DAILY = 1_000_000_000
FASTEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """`per_second` requests on the long run and `burst` at once (a token bucket), `daily` in a day of the house's zone,
    `concurrent` at one time.

    Raises BadInput: a limit that lets nothing through, or is no limit.
    """

    name: str
    per_second: float
    burst: int
    daily: int
    concurrent: int

    def __post_init__(self) -> None:
        most = {"per_second": FASTEST, "burst": FASTEST, "daily": LONGEST_DAILY, "concurrent": 10_000}
        for field, limit in most.items():
            least = 0.01 if field == "per_second" else 1
            if not least <= getattr(self, field) <= limit:
                raise BadInput(
                    Text(
                        f"{field} 应在 {least} 与 {limit} 之间", f"{field} has to be from {least} to {limit}"
                    ),
                    Text("请更正后重试", "Correct it and try again"),
                    Where(parameter=field.replace("_", "-")),
                )


ANONYMOUS_PLAN, REGISTERED_PLAN, PARTNER_PLAN = "anonymous", "registered", "partner"

DEFAULT_PLANS: Mapping[str, Plan] = {
    one.name: one
    for one in (
        Plan(ANONYMOUS_PLAN, per_second=20, burst=60, daily=10_000, concurrent=8),
        Plan(REGISTERED_PLAN, per_second=50, burst=150, daily=100_000, concurrent=16),
        Plan(PARTNER_PLAN, per_second=200, burst=600, daily=2_000_000, concurrent=32),
    )
}

# Who may choose which plan for a key of their own; the first is theirs where they choose none.
_CHOICES: Mapping[Role, tuple[str, ...]] = {
    Role.DEVELOPER: (REGISTERED_PLAN,),
    **dict.fromkeys(
        (Role.ORGANISATION, Role.STEWARD, Role.OFFICER, Role.AUDITOR, Role.DATA_OFFICE, Role.OWNER),
        (REGISTERED_PLAN, PARTNER_PLAN),
    ),
}


def plan_for(role: Role, chosen: str | None) -> str:
    """The plan of a new key that is chosen in `role`. Raises BadInput for one that the role does not choose."""
    choices = _CHOICES.get(role, ())
    name = chosen or next(iter(choices), REGISTERED_PLAN)
    if name not in choices:
        raise BadInput(
            Text("该角色的密钥没有这个套餐", "A key of this role does not have that plan"),
            Text(f"可选：{'、'.join(choices)}", f"Use one of {', '.join(choices)}"),
            Where(parameter="plan"),
        )
    return name
