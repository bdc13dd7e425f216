"""Who may do what, written down a second time: the table of the house must say the same."""

from __future__ import annotations

from itertools import combinations

import pytest

from catalog.errors import NotAllowed, NotSignedIn
from gateway.access import ACTION_NAMES, OWNER, PERMISSIONS, Action, Person, Role, may, require
from gateway.role import ROLE_NAMES

ROLES = tuple(Role)
#        anonymous developer organisation steward officer auditor data-office administrator owner
TABLE = {
    "read open data":                      (1, 1, 1, 1, 1, 1, 1, 1, 1),
    "read the negative list":              (1, 1, 1, 1, 1, 1, 1, 1, 1),
    "submit a dataset":                    (0, 0, 0, 1, 0, 0, 0, 0, 1),
    "see submissions":                     (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "preview a planned output":            (0, 0, 0, 1, 1, 0, 0, 0, 1),
    "read an impact assessment":           (0, 0, 0, 1, 1, 1, 0, 0, 1),
    "answer a steward's question":         (0, 0, 0, 1, 0, 0, 0, 0, 1),
    "answer an officer's question":        (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "end a held submission":               (0, 0, 0, 1, 1, 0, 0, 0, 1),
    "withdraw a dataset":                  (0, 0, 0, 1, 1, 0, 0, 0, 1),
    "see drafts of the negative list":     (0, 0, 0, 0, 1, 1, 1, 0, 1),
    "draft a negative list":               (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "propose a negative list":             (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "approve a negative list":             (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "activate a negative list":            (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "simulate a negative list":            (0, 0, 0, 0, 1, 1, 1, 0, 1),
    "draft an exemption":                  (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "approve an exemption":                (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "see exemptions":                      (0, 0, 0, 0, 1, 1, 1, 0, 1),
    "appeal against a decision":           (0, 0, 0, 1, 0, 0, 0, 0, 1),
    "see appeals":                         (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "answer an appeal":                    (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "grade a dataset anew":                (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "write the register of data elements": (0, 0, 0, 0, 0, 0, 1, 0, 1),
    "see the contracts of datasets":       (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "register what a publisher holds":     (0, 0, 0, 1, 0, 0, 0, 0, 1),
    "see what publishers hold":            (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "declare services":                    (0, 0, 0, 1, 0, 0, 0, 0, 1),
    "answer for held services":            (0, 0, 0, 0, 1, 0, 0, 0, 1),
    "retire services":                     (0, 0, 0, 1, 1, 0, 0, 0, 1),
    "see what was declared of services":   (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "harvest other catalogues":            (0, 0, 0, 1, 0, 0, 1, 0, 1),
    "see harvests and pushes":             (0, 0, 0, 1, 1, 1, 1, 0, 1),
    "push open datasets to other portals": (0, 0, 0, 1, 0, 0, 1, 0, 1),
    "subscribe to events":                 (0, 1, 1, 1, 1, 0, 1, 0, 1),
    "see the events behind ledger leaves": (0, 0, 0, 0, 1, 1, 1, 0, 1),
    "issue and revoke one's own keys":     (0, 1, 1, 1, 1, 1, 1, 0, 1),
    "manage the keys of others":           (0, 0, 0, 0, 0, 0, 0, 1, 1),
    "manage people and their roles":       (0, 0, 0, 0, 0, 0, 0, 1, 1),
    "see how open data is used":           (0, 0, 0, 1, 0, 0, 1, 0, 1),
    "set the limits of plans":             (0, 0, 0, 0, 0, 0, 0, 1, 1),
    "describe publishers":                 (0, 0, 0, 1, 0, 0, 1, 0, 1),
    "describe groups of datasets":         (0, 0, 0, 0, 0, 0, 1, 0, 1),
}  # fmt: skip
MATRIX = [
    (role, Action(action), bool(allowed))
    for action, row in TABLE.items()
    for role, allowed in zip(ROLES, row, strict=True)
]


def person(*roles: Role, publisher: str | None = None) -> Person:
    return Person("somebody", frozenset(roles), publisher)


def test_the_table_covers_every_action_and_each_has_a_name_in_both_languages() -> None:
    assert {action for _, action, _ in MATRIX} == set(Action) == set(PERMISSIONS) == set(ACTION_NAMES)
    assert all(text.zh != text.en for text in ACTION_NAMES.values())


@pytest.mark.parametrize(
    ("role", "action", "allowed"), MATRIX, ids=[f"{r.value} {a.value}" for r, a, _ in MATRIX]
)
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    role: Role, action: Action, allowed: bool
) -> None:
    somebody = person(role)
    assert may(somebody, action) is allowed
    if allowed:
        require(somebody, action)
        require(somebody, action, "any publisher")
    else:
        with pytest.raises(NotSignedIn if role is Role.ANONYMOUS else NotAllowed) as refused:
            require(somebody, action)
        assert action.value in refused.value.message.en
        assert ACTION_NAMES[action].zh in refused.value.message.zh
        assert action.value not in refused.value.message.zh
        assert refused.value.remedy.zh


def test_a_steward_of_one_publisher_acts_for_that_one_only() -> None:
    steward = person(Role.STEWARD, publisher="交通局")
    require(steward, Action.SUBMIT, "交通局")
    require(steward, Action.SUBMIT)
    for other in ("卫健局", ""):
        with pytest.raises(NotAllowed):
            require(steward, Action.SUBMIT, other)
    require(OWNER, Action.SUBMIT, "卫健局")


def test_two_roles_reach_what_each_of_them_reaches_and_no_further() -> None:
    both = person(Role.STEWARD, Role.OFFICER, publisher="交通局")
    require(both, Action.WITHDRAW, "卫健局")  # as an officer
    with pytest.raises(NotAllowed):
        require(both, Action.SUBMIT, "卫健局")  # a steward of another publisher
    with pytest.raises(NotAllowed):
        require(both, Action.MANAGE_PEOPLE)


@pytest.mark.parametrize(("one", "other"), list(combinations(ROLES, 2)), ids=str)
def test_an_administrator_an_owner_and_nobody_hold_no_second_role(one: Role, other: Role) -> None:
    if {one, other} & {Role.ADMINISTRATOR, Role.OWNER, Role.ANONYMOUS}:
        with pytest.raises(ValueError, match="no person holds"):
            person(one, other)
    else:
        assert person(one, other).roles == {one, other}


def test_a_person_without_a_role_or_a_publisher_without_a_steward_cannot_be() -> None:
    with pytest.raises(ValueError, match="no person holds"):
        person()
    with pytest.raises(ValueError, match="only a steward"):
        person(Role.OFFICER, publisher="交通局")


def test_a_refusal_names_the_roles_that_may_and_no_others() -> None:
    for action in Action:
        may_not = next((role for role in ROLES if role not in PERMISSIONS[action]), None)
        if may_not is None:
            continue
        with pytest.raises((NotSignedIn, NotAllowed)) as refused:
            require(person(may_not), action)
        named = refused.value.message.en.split("one of the roles: ")[1].split(", ")
        assert named == [
            ROLE_NAMES[one].en for one in ROLES if one in PERMISSIONS[action] and one != Role.OWNER
        ]


def test_a_steward_of_another_publisher_is_told_so_and_not_to_get_a_role_they_have() -> None:
    steward = person(Role.STEWARD, publisher="交通局")
    require(steward, Action.SUBMIT, "交通局")
    with pytest.raises(NotAllowed) as refused:
        require(steward, Action.SUBMIT, "水务局")
    assert "another publisher" in refused.value.message.en
