"""The first rows of what is held are for those who decide on it, not for everybody who may see that it is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.finding import Grade
from catalog.ingest import local
from catalog.release import State
from gateway.access import OWNER, PERMISSIONS, Action, Role
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.role import ASSIGNABLE


@pytest.fixture(scope="module")
def planned(house: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A held submission with a planned output; its id."""
    path: Path = tmp_path_factory.mktemp("planned") / "stops.csv"
    path.write_text("站名,线路数\n" + "".join(f"站{n},{n % 7}\n" for n in range(40)), "utf-8")
    source = local(path, 1 << 20)
    metadata = Metadata("stops", "公交站点", "交通局", "transport", grade=Grade.L2)
    request = Request(source.name, source.sha256, metadata, yes=True)
    report = submit(house.gate, OWNER, source, request, Stages())
    assert report.state is State.HELD
    assert report.planned
    return str(report.submission_id)


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_a_preview_is_shown_to_whom_the_table_names(house: Any, planned: str, role: Role) -> None:
    answer = house.client.get(f"/api/v1/submissions/{planned}?preview=2", headers=house.headers(role))
    if role in PERMISSIONS[Action.PREVIEW]:
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["preview"]) == 2
    else:
        assert answer.status_code == 403
        assert "站1" not in answer.text
