"""The roles people act in, with their names in both languages. On its own so that a command can offer them cheaply."""

from __future__ import annotations

from enum import StrEnum

from catalog.text import Text

__all__ = ["ASSIGNABLE", "ROLE_NAMES", "Role"]


class Role(StrEnum):
    """Roles of an institution. The owner of a personal home acts for every role; nobody else is an owner."""

    ANONYMOUS = "anonymous"
    DEVELOPER = "developer"
    ORGANISATION = "organisation"
    STEWARD = "steward"
    OFFICER = "officer"
    AUDITOR = "auditor"
    DATA_OFFICE = "data-office"
    ADMINISTRATOR = "administrator"
    OWNER = "owner"


ROLE_NAMES: dict[Role, Text] = {
    Role.ANONYMOUS: Text("未登录者", "anonymous"),
    Role.DEVELOPER: Text("开发者", "developer"),
    Role.ORGANISATION: Text("已核验机构", "verified organisation"),
    Role.STEWARD: Text("数据专员", "steward"),
    Role.OFFICER: Text("合规官", "officer"),
    Role.AUDITOR: Text("审计员", "auditor"),
    Role.DATA_OFFICE: Text("数据主管部门", "data office"),
    Role.ADMINISTRATOR: Text("账号管理员", "administrator"),
    Role.OWNER: Text("个人空间所有者", "owner of a personal home"),
}

ASSIGNABLE = tuple(role for role in Role if role not in (Role.ANONYMOUS, Role.OWNER))
"""The roles that can be granted to a person."""
