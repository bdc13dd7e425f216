"""The tools of an agent, called by the official client over a real server: what HTTP shows, and nothing beside it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from gateway.access import OWNER, Role
from gateway.access.keys import KeyTerms, issue
from gateway.access.plan import Plan
from gateway.access.plans import set_plan
from gateway.agents.tools import TOOLS
from gateway.gate import Gate, open_gate
from gateway.publish.review import withdraw
from gateway.settings import GateSettings
from tests.served import CELL, TELEPHONE, House

NAMES = ["search_datasets", "describe_dataset", "query_records", "aggregate", "list_services", "call_service"]
Agent = Callable[..., Awaitable[Any]]


def agent(house: House, act: Callable[[Client], Awaitable[Any]], key: str = "", mode: str = "auto") -> Any:
    """What `act` gives with a client of `house`."""

    async def run() -> Any:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        async with httpx2.AsyncClient(headers=headers, timeout=30) as web:
            transport = streamable_http_client(f"{house.url}/mcp", http_client=web)
            async with Client(transport, mode=mode) as client:
                return await act(client)

    return asyncio.run(run())


def call(house: House, tool: str, key: str = "", **arguments: Any) -> tuple[bool, str]:
    """Whether a call failed, and its text."""

    async def act(client: Client) -> tuple[bool, str]:
        result = await client.call_tool(tool, arguments)
        assert len(result.content) == 1
        return bool(result.is_error), result.content[0].text  # type: ignore[union-attr]

    found: tuple[bool, str] = agent(house, act, key)
    return found


def answered(house: House, tool: str, key: str = "", **arguments: Any) -> Any:
    failed, text = call(house, tool, key, **arguments)
    assert not failed, text
    return json.loads(text)


def refused(house: House, tool: str, key: str = "", **arguments: Any) -> str:
    failed, text = call(house, tool, key, **arguments)
    assert failed, text
    return text


def acting(house: House, act: Callable[[Gate], Any]) -> Any:
    gate = open_gate(GateSettings(home=house.home))
    try:
        return act(gate)
    finally:
        gate.registry.close()


def key_of(house: House, **terms: Any) -> str:
    def act(gate: Gate) -> str:
        with gate.registry.transaction() as unit:
            return issue(unit, gate.keys, "x", Role.DEVELOPER, None, gate.now(), terms=KeyTerms(**terms))

    made: str = acting(house, act)
    return made


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_agent_finds_describes_and_queries_and_gets_what_http_gives(mode: str, serve_once: House) -> None:
    house = serve_once

    async def tools(client: Client) -> Any:
        assert "search_datasets" in (client.instructions or "")
        return (await client.list_tools()).tools

    listed = agent(house, tools, mode=mode)
    assert [one.name for one in listed] == NAMES == [tool.name for tool in TOOLS]
    assert all(one.annotations.read_only_hint and one.description for one in listed)
    assert all(one.input_schema["additionalProperties"] is False for one in listed)

    found = answered(house, "search_datasets", q="stops")
    assert [(one["id"], one["columns"]) for one in found["datasets"]] == [("stops", ["line", "stop"])]
    same = (
        ("describe_dataset", {"dataset": "stops"}, "/api/v1/datasets/stops"),
        (
            "query_records",
            {"dataset": "stops", "where": {"line": "l1"}, "sort": "-stop", "limit": 3, "count": "exact"},
            "/api/v1/datasets/stops/records?line=l1&sort=-stop&limit=3&count=exact",
        ),
        (
            "query_records",
            {
                "dataset": "stops",
                "where": {"line__in": "l1,l2"},
                "filter": "NOT line = 'l2'",
                "select": "stop",
            },
            "/api/v1/datasets/stops/records?line__in=l1,l2&filter=NOT line = 'l2'&select=stop&limit=20&count=none",
        ),
        (
            "aggregate",
            {"dataset": "stops", "group_by": "line", "metrics": "count", "sort": "-count", "limit": 5},
            "/api/v1/datasets/stops/aggregate?group_by=line&metrics=count&sort=-count&limit=5",
        ),
        ("list_services", {"dataset": "stops"}, "/api/v1/services?dataset=stops&limit=10"),
        (
            "call_service",
            {"service": "stops-of-a-line", "parameters": {"line": "l3"}, "limit": 2},
            "/api/v1/services/stops-of-a-line?line=l3&limit=2",
        ),
    )
    for tool, arguments, path in same:
        shown = house.get(path)
        assert shown.status_code == 200, shown.text
        assert answered(house, tool, **arguments) == shown.json(), tool
    page = answered(house, "query_records", dataset="stops", limit=7)
    rest = answered(house, "query_records", dataset="stops", limit=7, cursor=page["next"])
    assert not {one["stop"] for one in page["records"]} & {one["stop"] for one in rest["records"]}


def test_a_description_is_a_resource(serve_once: House) -> None:
    house = serve_once

    async def act(client: Client) -> Any:
        listed = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        read = await client.read_resource("dataset://stops")
        for wrong in ("dataset://no-such", "dataset://../x", "file:///etc/passwd"):
            with pytest.raises(MCPError):
                await client.read_resource(wrong)
        return [str(one.uri) for one in listed], templates[0].uri_template, read.contents[0].text

    listed, template, text = agent(house, act)
    assert set(listed) == {"dataset://stops", "dataset://calls"}
    assert template == "dataset://{dataset}"
    assert json.loads(text) == house.get("/api/v1/datasets/stops").json()


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        (
            "query_records",
            {"dataset": "stops", "where": {"lin": "x"}},
            ("400 bad-input", 'Did you mean "line"?'),
        ),
        ("query_records", {"dataset": "stops", "filter": "line ="}, ("400 bad-input",)),
        ("query_records", {"dataset": "no-such"}, ("404 not-found", "/api/v1/datasets")),
        ("query_records", {"dataset": "../../etc"}, ("bad-input", "dataset")),
        ("query_records", {"dataset": "stops", "limit": 101}, ("bad-input", "limit")),
        ("query_records", {"dataset": "stops", "colour": "red"}, ("bad-input", "It takes dataset, where")),
        ("query_records", {"dataset": "stops", "where": {"line": ["l1"]}}, ("bad-input", "where")),
        ("query_records", {"dataset": "stops", "where": {"limit": 5}}, ("400 bad-input",)),
        ("query_records", {}, ("bad-input", "dataset")),
        ("aggregate", {"dataset": "stops", "metrics": "system('id')"}, ("400 bad-input",)),
        ("call_service", {"service": "no-such"}, ("404 not-found", "/api/v1/services")),
        ("call_service", {"service": "stops-of-a-line"}, ("400 bad-input", "line")),
        ("drop_table", {}, ("No such tool", "search_datasets")),
    ],
)
def test_a_mistake_is_a_tool_error_that_says_what_to_do(
    tool: str, arguments: dict[str, Any], words: tuple[str, ...], serve_once: House
) -> None:
    text = refused(serve_once, tool, **arguments)
    assert all(word in text for word in words), text
    assert "canary-sent" not in refused(serve_once, tool, **{**arguments, "canary-sent": "canary-sent"})


def test_what_is_withdrawn_is_gone_within_a_second_and_what_is_not_open_never_shows(
    serve: Callable[..., House],
) -> None:
    house = serve()
    everything = [
        call(house, "search_datasets", q="")[1],
        call(house, "describe_dataset", dataset="calls")[1],
        call(house, "query_records", dataset="calls", limit=100)[1],
        call(house, "query_records", dataset="calls", where={"手机号__startswith": TELEPHONE})[1],
        call(house, "query_records", dataset="calls", q=f"{TELEPHONE}1000")[1],
        call(house, "aggregate", dataset="calls", group_by="手机号")[1],
        call(house, "aggregate", dataset="calls", metrics="min(手机号),max(手机号)")[1],
        call(house, "list_services")[1],
    ]
    assert all(f"{TELEPHONE}1" not in text.replace(f"{TELEPHONE}1000", "") for text in everything)
    assert not any(json.loads(text)["records"] for text in everything[3:5] if text.startswith("{"))
    assert CELL in call(house, "query_records", dataset="stops")[1]
    acting(house, lambda gate: withdraw(gate, OWNER, "stops", "wrong"))
    time.sleep(1)
    gone = [
        call(house, "search_datasets", q="")[1],
        refused(house, "describe_dataset", dataset="stops"),
        refused(house, "query_records", dataset="stops"),
        refused(house, "aggregate", dataset="stops", group_by="line"),
        refused(house, "call_service", service="stops-of-a-line", parameters={"line": "l1"}),
        call(house, "list_services")[1],
    ]
    assert all(CELL not in text and '"stops"' not in text for text in gone), gone


def test_a_key_holds_for_its_datasets_its_quota_counts_and_an_empty_one_is_a_tool_error(
    serve: Callable[..., House],
) -> None:
    house = serve()
    key = key_of(house, datasets=("calls",))
    assert answered(house, "query_records", key, dataset="calls", limit=1)["records"]
    assert "403 not-allowed" in refused(house, "query_records", key, dataset="stops")
    wrong = "kz_aaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_00000000"
    assert "401 not-signed-in" in refused(house, "query_records", wrong, dataset="stops")

    def tighter(gate: Gate) -> None:
        with gate.registry.transaction() as unit:
            set_plan(unit, Plan("registered", 0.01, 2, 1000, 10), "test", gate.now())

    acting(house, tighter)
    other, told = key_of(house), {"authorization": f"Bearer {key_of(house)}"}

    def held() -> bool:
        answer = house.get("/api/v1/datasets/stops/records?limit=1", headers=told)
        return answer.headers.get("ratelimit-policy", "").startswith('"spike";q=2;')

    house.until(held)
    statuses = [call(house, "query_records", other, dataset="stops", limit=1) for _ in range(4)]
    assert [failed for failed, _ in statuses] == [False, False, True, True]
    assert "429 too-many" in statuses[-1][1]
    assert "Retry after" in statuses[-1][1]
    # and HTTP says the same of the same key: one account
    answer = house.get("/api/v1/datasets/stops/records", headers={"authorization": f"Bearer {other}"})
    assert answer.status_code == 429
    prefix = key.split("_")[1]
    lines = house.until(lambda: [one for one in house.lines("request") if one.get("key") == prefix])
    assert {one["route"] for one in lines} == {"/api/v1/datasets/{dataset_id}/records"}
    assert any(one["route"] == "/mcp" for one in house.lines("request"))


@pytest.mark.parametrize("limit", [30, 100])
def test_an_answer_that_is_too_large_is_refused_with_the_way_out(limit: int, serve_once: House) -> None:
    text = refused(serve_once, "query_records", dataset="calls", limit=limit)
    assert "fewer rows" in text
    assert len(text) < 500
    asked = {"dataset": "calls", "limit": limit, "select": "编号"}
    assert len(answered(serve_once, "query_records", **asked)["records"]) == limit


def test_a_question_is_bounded_and_only_posted(serve_once: House) -> None:
    long = {"name": "query_records", "arguments": {"dataset": "stops", "q": "x" * 70_000}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": long}
    headers = {"accept": "application/json, text/event-stream"}
    assert httpx2.post(f"{serve_once.url}/mcp", json=body, headers=headers).status_code == 413
    assert httpx2.get(f"{serve_once.url}/mcp").status_code == 405


def test_what_is_no_message_of_the_protocol_is_refused_and_never_a_server_error(serve_once: House) -> None:
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    for content in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"jsonrpc":"2.0"}', b"[" * 5_000):
        answer = httpx2.post(f"{serve_once.url}/mcp", content=content, headers=headers)
        assert 400 <= answer.status_code < 500, (content[:20], answer.status_code, answer.text[:200])


@pytest.mark.parametrize("said", [None, "text/plain", "application/json-seq"])
def test_a_body_that_is_not_said_to_be_json_is_refused_as_a_problem(
    serve_once: House, said: str | None
) -> None:
    headers = {"accept": "application/json, text/event-stream"} | ({"content-type": said} if said else {})
    answer = httpx2.post(f"{serve_once.url}/mcp", content=b"{}", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Content-Type: application/json" in answer.json()["detail"]
