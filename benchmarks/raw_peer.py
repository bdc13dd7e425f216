"""The floor of the serving benchmark: raw ASGI that answers the same bytes, and nothing else.

``ANSWER=file HEAD=file uvicorn benchmarks.raw_peer:app``; `/200` answers both, `/304` the head alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

BODY = Path(os.environ["ANSWER"]).read_bytes()
HEADERS = [
    (name.encode(), value.encode()) for name, value in json.loads(Path(os.environ["HEAD"]).read_text())
]

Message = MutableMapping[str, Any]


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    unchanged = scope["path"] == "/304"
    headers = [one for one in HEADERS if not unchanged or one[0] != b"content-length"]
    await send({"type": "http.response.start", "status": 304 if unchanged else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if unchanged else BODY})
