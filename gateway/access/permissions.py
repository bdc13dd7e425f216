"""Who may do what: one readable table for the command line and HTTP alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalog.errors import NotAllowed, NotSignedIn
from catalog.text import Text

__all__ = ["OWNER", "PERMISSIONS", "Action", "Person", "Role", "require"]


class Role(StrEnum):
    """Roles of the institution. The owner of a personal home acts for every role."""

    ANONYMOUS = "anonymous"
    DEVELOPER = "developer"
    STEWARD = "steward"
    OFFICER = "officer"
    OWNER = "owner"


class Action(StrEnum):
    READ_OPEN = "read open data"
    READ_LIST = "read the negative list"
    SUBMIT = "submit a dataset"
    SEE_SUBMISSIONS = "see submissions"
    ANSWER_STEWARD = "answer a steward's question"
    ANSWER_OFFICER = "answer an officer's question"
    WITHDRAW = "withdraw a dataset"
    MANAGE_KEYS = "manage keys"
    DRAFT_LIST = "draft a negative list"
    PROPOSE_LIST = "propose a negative list"
    APPROVE_LIST = "approve a negative list"
    ACTIVATE_LIST = "activate a negative list"
    SIMULATE_LIST = "simulate a negative list"
    DRAFT_EXEMPTION = "draft an exemption"
    APPROVE_EXEMPTION = "approve an exemption"
    SEE_EXEMPTIONS = "see exemptions"
    APPEAL = "appeal against a decision"
    SEE_APPEALS = "see appeals"
    ANSWER_APPEAL = "answer an appeal"
    REGRADE = "grade a field"
    SUBSCRIBE = "subscribe to notices"


R, A = Role, Action
PERMISSIONS: dict[Action, frozenset[Role]] = {
    A.READ_OPEN: frozenset(Role),
    A.READ_LIST: frozenset(Role),
    A.SUBMIT: frozenset({R.STEWARD, R.OWNER}),
    A.SEE_SUBMISSIONS: frozenset({R.STEWARD, R.OFFICER, R.OWNER}),
    A.ANSWER_STEWARD: frozenset({R.STEWARD, R.OWNER}),
    A.ANSWER_OFFICER: frozenset({R.OFFICER, R.OWNER}),
    A.WITHDRAW: frozenset({R.STEWARD, R.OFFICER, R.OWNER}),
    A.MANAGE_KEYS: frozenset({R.OWNER}),
    A.DRAFT_LIST: frozenset({R.OFFICER, R.OWNER}),
    A.PROPOSE_LIST: frozenset({R.OFFICER, R.OWNER}),
    A.APPROVE_LIST: frozenset({R.OFFICER, R.OWNER}),
    A.ACTIVATE_LIST: frozenset({R.OFFICER, R.OWNER}),
    A.SIMULATE_LIST: frozenset({R.OFFICER, R.OWNER}),
    A.DRAFT_EXEMPTION: frozenset({R.OFFICER, R.OWNER}),
    A.APPROVE_EXEMPTION: frozenset({R.OFFICER, R.OWNER}),
    A.SEE_EXEMPTIONS: frozenset({R.OFFICER, R.OWNER}),
    A.APPEAL: frozenset({R.STEWARD, R.OWNER}),
    A.SEE_APPEALS: frozenset({R.STEWARD, R.OFFICER, R.OWNER}),
    A.ANSWER_APPEAL: frozenset({R.OFFICER, R.OWNER}),
    A.REGRADE: frozenset({R.OFFICER, R.OWNER}),
    A.SUBSCRIBE: frozenset({R.DEVELOPER, R.STEWARD, R.OFFICER, R.OWNER}),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts. A steward acts for one `publisher`; None = for any."""

    name: str
    role: Role
    publisher: str | None = None


OWNER = Person("owner", Role.OWNER)


def require(person: Person, action: Action, publisher: str | None = None) -> None:
    """Nothing, when the person may.

    Raises NotSignedIn for an anonymous caller, NotAllowed for a role or publisher that may not.
    """
    if person.role not in PERMISSIONS[action]:
        error = NotSignedIn if person.role is Role.ANONYMOUS else NotAllowed
        roles = ", ".join(sorted(PERMISSIONS[action]))
        raise error(
            Text(
                f"此操作（{action.value}）需要角色：{roles}",
                f"To {action.value} takes one of the roles: {roles}",
            ),
            Text("请使用有相应角色的密钥（kaizha key issue）", "Use a key of such a role (kaizha key issue)"),
        )
    if publisher is not None and person.publisher not in (None, publisher):
        raise NotAllowed(
            Text("这个数据集属于另一个提供单位", "This dataset belongs to another publisher"),
            Text("请由其提供单位办理", "Its own publisher has to do this"),
        )
