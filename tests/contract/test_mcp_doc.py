"""docs/mcp.md names exactly the tools, their arguments and the interfaces they ask."""

from __future__ import annotations

import json
import re
from pathlib import Path

from gateway.agents.tools import MOST_BYTES, MOST_ROWS, TOOLS

PAGE = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.*?) \| `(.*?)` \|$", PAGE, re.MULTILINE)


def test_the_table_is_the_tools() -> None:
    assert [name for name, _, _ in ROWS] == [tool.name for tool in TOOLS]
    for tool, (_, arguments, interface) in zip(TOOLS, ROWS, strict=True):
        assert re.findall(r"`(\w+)`", arguments) == list(tool.model_fields)
        named = dict.fromkeys(re.findall(r"{(\w+)}", interface), "x")
        assert tool.model_validate(named).asked()[0] == interface.format(**named)


def test_the_limits_and_the_example_are_true() -> None:
    assert f"{MOST_ROWS} rows and {MOST_BYTES:,} bytes" in PAGE
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert json.loads(example)["mcpServers"]["city-data"]["url"].endswith("/mcp")
