"""What is asked of the gate about keys, plans and usage: one class a step, as `gateway.processes.steps` has those of
governance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog.text import Text
from gateway.processes.steps import Route, Step
from gateway.role import Role

__all__ = [
    "KEY_STEPS",
    "IssueKey",
    "KeyStep",
    "ListKeys",
    "RevokeKey",
    "RotateKey",
    "SetPlan",
    "ShowUsage",
]

Prefix = Annotated[str, Field(min_length=1, max_length=12)]
Moment = Annotated[str, Field(max_length=40)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class ListKeys(Step):
    changes = False
    route = Route(
        "GET", "/keys", Text("本人的密钥（不含密钥本身）", "One's own keys, never the keys themselves")
    )
    kind: Literal["list-keys"] = "list-keys"


class IssueKey(Step):
    """`expires`: an ISO time, "" = never; `datasets`: ids, none = all that are open."""

    route = Route("POST", "/keys", Text("申请密钥，只显示一次", "A new key, shown once"))
    kind: Literal["issue-key"] = "issue-key"
    label: Annotated[str, Field(min_length=1, max_length=200)]
    purpose: Annotated[str, Field(min_length=1, max_length=1000)]
    role: Role = Role.DEVELOPER
    publisher: Annotated[str, Field(max_length=200)] | None = None
    datasets: tuple[Name, ...] = ()
    plan: Annotated[str, Field(max_length=40)] = ""
    expires: Moment = ""


class RotateKey(Step):
    """`until`: an ISO time until which the old key is taken as well; "" = for a week."""

    route = Route(
        "POST",
        "/keys/{id}/rotate",
        Text("换发密钥，新旧并用一段时间", "A new key in its place; both work for a time"),
    )
    kind: Literal["rotate-key"] = "rotate-key"
    id: Prefix
    until: Moment = ""


class RevokeKey(Step):
    route = Route("DELETE", "/keys/{id}", Text("停用密钥，一秒内生效", "Refuse a key, within a second"))
    kind: Literal["revoke-key"] = "revoke-key"
    id: Prefix


class SetPlan(Step):
    route = Route("POST", "/plans/{name}", Text("设定套餐的限额", "Set the limits of a plan"))
    kind: Literal["set-plan"] = "set-plan"
    name: Annotated[str, Field(min_length=1, max_length=40)]
    per_second: float
    burst: int
    daily: int
    concurrent: int


class ShowUsage(Step):
    """`of` keys: one's own, each apart; datasets: of one's publisher, or of all for the data office. Days: YYYY-MM-DD."""

    changes = False
    route = Route("GET", "/usage", Text("使用情况：按日、数据集、状态", "Usage by day, dataset and status"))
    kind: Literal["show-usage"] = "show-usage"
    of: Literal["keys", "datasets"] = "keys"
    since: Moment = ""
    until: Moment = ""
    publisher: Annotated[str, Field(max_length=200)] | None = None
    dataset: Name | None = None


KeyStep = ListKeys | IssueKey | RotateKey | RevokeKey | SetPlan | ShowUsage
KEY_STEPS: tuple[type[Step], ...] = (ListKeys, IssueKey, RotateKey, RevokeKey, ShowUsage, SetPlan)
