"""The tools as the official `mcp` package serves them. Imported with the first call of an agent: it takes half a second and
some memory that a server without agents has no use for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mcp_types as types
import orjson
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp

from catalog.errors import KaizhaError
from catalog.text import Text
from gateway.agents.inside import ask_inside
from gateway.agents.tools import MOST_BYTES, TOOLS, DescribeDataset, SearchDatasets, Tool, shown
from gateway.api.problem import problem

__all__ = ["manager"]

MOST_BODY_BYTES = 65_536
INSTRUCTIONS = (
    "Open data of a city. Find datasets with search_datasets, read their columns with describe_dataset, then ask "
    "query_records or aggregate; list_services has ready-made interfaces. Answers hold what is open and nothing else. "
    "An error says what to do next. 城市开放数据：先查找数据集，再看字段，然后查询或统计；出错时请按提示处理。"
)
SCHEME = "dataset://"

Context = ServerRequestContext[Any, Request]


def manager(front: Callable[[], ASGIApp]) -> StreamableHTTPSessionManager:
    """A server without sessions: each request stands alone and is answered by JSON. `front` gives what answers HTTP."""
    by_name = {tool.name: tool for tool in TOOLS}

    async def fetch(context: Context, call: Tool) -> Any:
        """The answer of the interface. Raises _Refused with the problem it answered instead."""
        assert context.request is not None
        try:
            status, headers, body = await ask_inside(
                front(), context.request.scope, *call.asked(), MOST_BYTES * 4
            )
        except KaizhaError as error:
            status, given, body = problem(error)
            headers = dict(given)
        if status != 200:
            raise _Refused(orjson.loads(body), headers.get(b"retry-after", b"").decode())
        return shown(type(call), orjson.loads(body))

    async def list_tools(
        _context: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_described(tool) for tool in TOOLS])

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        tool = by_name.get(params.name)
        if tool is None:
            return _failed(f"No such tool. Use one of: {', '.join(by_name)}. 没有这个工具")
        try:
            call = tool.model_validate(params.arguments or {})
        except ValidationError as error:
            return _failed(_wrong_arguments(tool, error))
        try:
            answer = await fetch(context, call)
        except _Refused as refused:
            return _failed(str(refused))
        text = orjson.dumps(answer)
        if len(text) > MOST_BYTES:
            return _failed(
                "The answer is too large: ask for fewer rows (limit) or columns (select). 应答过大：请减少行或列"
            )
        content = [types.TextContent(type="text", text=text.decode())]
        return types.CallToolResult(content=list[Any](content))

    async def list_resources(
        context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        cursor = params.cursor if params and params.cursor else ""
        found = await _or_error(fetch(context, _search(cursor)))
        resources = [
            types.Resource(
                uri=f"{SCHEME}{one['id']}",
                name=one["id"],
                title=one["title"],
                description=one["description"] or None,
                mime_type="application/json",
            )
            for one in found["datasets"]
        ]
        return types.ListResourcesResult(resources=resources, next_cursor=found["next"])

    async def list_templates(
        _context: Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        words = "Columns, types, meanings, licence and quality of a dataset 数据集说明"
        template = types.ResourceTemplate(
            name="dataset",
            uri_template=f"{SCHEME}{{dataset}}",
            description=words,
            mime_type="application/json",
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(
        context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        uri = str(params.uri)
        try:
            call = DescribeDataset(dataset=uri.removeprefix(SCHEME).rstrip("/"))
        except ValidationError:
            raise MCPError(types.INVALID_PARAMS, f"Resources are {SCHEME}DATASET-ID") from None
        text = orjson.dumps(await _or_error(fetch(context, call))).decode()
        held = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[held])

    server: Server[Any] = Server(
        "kaizha",
        version="1",
        title="Kaizha 开闸",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )
    return StreamableHTTPSessionManager(
        server, json_response=True, stateless=True, max_request_body_size=MOST_BODY_BYTES
    )


class _Refused(Exception):
    """An interface has answered with a problem; as text, with the way out."""

    def __init__(self, body: dict[str, Any], retry_after: str) -> None:
        wait = f" Retry after {retry_after} s. 请在 {retry_after} 秒后重试。" if retry_after else ""
        super().__init__(f"{body['status']} {body['code']}: {body['detail']}{wait}")


async def _or_error(answer: Any) -> Any:
    """The answer; a problem is an error of the protocol where it is not a tool that was called."""
    try:
        return await answer
    except _Refused as refused:
        raise MCPError(types.INVALID_PARAMS, str(refused)) from None


def _search(cursor: str) -> SearchDatasets:
    try:
        return SearchDatasets(cursor=cursor, limit=20)
    except ValidationError:
        raise MCPError(types.INVALID_PARAMS, "The cursor is not one of ours. 游标无效") from None


def _described(tool: type[Tool]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=str(tool.title),
        description=f"{tool.words.en}. {tool.words.zh}。",
        input_schema=tool.model_json_schema(),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


def _wrong_arguments(tool: type[Tool], error: ValidationError) -> str:
    """Which arguments are wrong, and how; what was sent is not repeated."""
    flaws: Sequence[Any] = error.errors(include_input=False, include_context=False, include_url=False)
    known = set(tool.model_fields)
    said = [f"{one['loc'][0]}: {one['msg']}" for one in flaws[:5] if one["loc"] and one["loc"][0] in known]
    takes = Text(f"可用参数：{'、'.join(tool.model_fields)}", f"It takes {', '.join(tool.model_fields)}")
    return f"bad-input: {'; '.join(said) or 'an argument it does not take'}. {takes.en}. {takes.zh}。"


def _failed(text: str) -> types.CallToolResult:
    content = [types.TextContent(type="text", text=text)]
    return types.CallToolResult(content=list[Any](content), is_error=True)
