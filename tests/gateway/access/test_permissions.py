"""Who may do what, written down a second time: the table of the house must say the same."""

from __future__ import annotations

import pytest

from catalog.errors import NotAllowed, NotSignedIn
from gateway.access import OWNER, PERMISSIONS, Action, Person, Role, require

#                          anonymous  developer  steward  officer  owner
TABLE = {
    "read open data":              (1, 1, 1, 1, 1),
    "read the negative list":      (1, 1, 1, 1, 1),
    "submit a dataset":            (0, 0, 1, 0, 1),
    "see submissions":             (0, 0, 1, 1, 1),
    "answer a steward's question": (0, 0, 1, 0, 1),
    "answer an officer's question": (0, 0, 0, 1, 1),
    "withdraw a dataset":          (0, 0, 1, 1, 1),
    "manage keys":                 (0, 0, 0, 0, 1),
}  # fmt: skip
ROLES = (Role.ANONYMOUS, Role.DEVELOPER, Role.STEWARD, Role.OFFICER, Role.OWNER)
MATRIX = [
    (role, Action(action), bool(may))
    for action, row in TABLE.items()
    for role, may in zip(ROLES, row, strict=True)
]


def test_the_table_covers_every_role_and_action() -> None:
    assert set(ROLES) == set(Role)
    assert {action for _, action, _ in MATRIX} == set(Action) == set(PERMISSIONS)


@pytest.mark.parametrize(
    ("role", "action", "may"), MATRIX, ids=[f"{r.value} {a.value}" for r, a, _ in MATRIX]
)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: Action, may: bool) -> None:
    person = Person("somebody", role)
    if may:
        require(person, action)
        require(person, action, "any publisher")
    else:
        with pytest.raises(NotSignedIn if role is Role.ANONYMOUS else NotAllowed) as refused:
            require(person, action)
        assert action.value in refused.value.message.en
        assert refused.value.remedy.zh


def test_a_person_of_one_publisher_acts_for_that_one_only() -> None:
    steward = Person("s", Role.STEWARD, "交通局")
    require(steward, Action.SUBMIT, "交通局")
    require(steward, Action.SUBMIT)
    for other in ("卫健局", ""):
        with pytest.raises(NotAllowed):
            require(steward, Action.SUBMIT, other)
    require(OWNER, Action.SUBMIT, "卫健局")
