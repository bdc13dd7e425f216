"""docs/operations.md is held to the code: its figures are those of a scrape, its checks those of readiness, its settings ours."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from gateway.app import create_app
from gateway.gate import Gate
from gateway.observe.readiness import CHECKS
from gateway.settings import GateSettings, ServeSettings

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
(ALERTS,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
TABLE = dict(re.findall(r"^\| `(kaizha_\w+)` \| (.*?) \|", PAGE, re.MULTILINE))


def scraped(gate: Gate) -> dict[str, set[str]]:
    """Name of each figure of a scrape → its labels."""
    with TestClient(create_app(ServeSettings(home=gate.settings.home))) as client:
        client.get("/api/v1/datasets/no-such/records")
        text = client.get("/metrics").text
    return {
        family.name: {name for one in family.samples for name in one.labels if name != "le"}
        for family in text_string_to_metric_families(text)
        if not family.name.endswith("_created")
    }


def test_the_table_names_exactly_the_figures_with_their_labels(gate: Gate) -> None:
    found = scraped(gate)
    assert set(TABLE) == set(found)
    for name, labels in found.items():
        assert labels <= set(re.findall(r"`(\w+)`", TABLE[name])), name


def test_the_alerts_ask_for_figures_that_there_are() -> None:
    rules = yaml.safe_load(ALERTS)["groups"][0]["rules"]
    asked = {name for rule in rules for name in re.findall(r"kaizha_\w+", rule["expr"])}
    assert asked
    assert {name.removesuffix("_total") for name in asked} <= set(TABLE)


def test_the_checks_and_settings_are_those_of_the_code() -> None:
    checks = PAGE.split("## 健康", 1)[1]
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", checks, re.MULTILINE)) == CHECKS
    named = {name.removeprefix("KAIZHA_").lower() for name in re.findall(r"KAIZHA_[A-Z_]+", PAGE)}
    assert named <= set(GateSettings.model_fields)
    assert f"`KAIZHA_DISK_FLOOR_MB` | {ServeSettings().disk_floor_mb}" in PAGE
