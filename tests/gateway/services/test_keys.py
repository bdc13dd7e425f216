"""Keys, limits and usage reach an operation as they reach the datasets that it asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.access.keys import KeyTerms, issue
from gateway.gate import Gate
from gateway.role import Role
from tests.gateway.services.conftest import WITH_AREA

PLAIN, JOINED = "/api/v1/services/stops-of-district", "/api/v1/services/stops-with-area"


@pytest.mark.parametrize(
    ("datasets", "plain", "joined"),
    [
        ((), 200, 200),
        (("stops",), 200, 403),
        (("districts",), 403, 403),
        (("stops", "districts"), 200, 200),
        (("stops-of-district",), 403, 403),  # a service's id is no dataset
    ],
)
def test_a_key_for_some_datasets_asks_only_what_rests_on_those(
    house: Gate,
    declared: Callable[..., Any],
    seen: Callable[..., Any],
    datasets: Any,
    plain: int,
    joined: int,
) -> None:
    declared()
    declared(WITH_AREA)
    with house.registry.transaction() as unit:
        key = issue(
            unit, house.keys, "x", Role.DEVELOPER, None, house.now(), terms=KeyTerms(datasets=datasets)
        )
    headers = {"authorization": f"Bearer {key}"}
    answer = seen(PLAIN, {"district": "区1"}, headers=headers)
    assert answer.status_code == plain
    assert "ratelimit" in answer.headers or plain == 403
    assert seen(JOINED, headers=headers).status_code == joined
    wrong = {"authorization": "Bearer kz_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000"}
    assert seen(PLAIN, {"district": "区1"}, headers=wrong).status_code == 401
