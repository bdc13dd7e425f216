"""A database of somebody else, to be read: an engine by its SQLAlchemy URL.

The address may hold a password: nothing of it, and nothing the driver says, is repeated in an error.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["foreign_engine"]

CONNECT_S = 10


def foreign_engine(address: str) -> tuple[Engine, URL]:
    """An engine that keeps no connections, and the address as parsed. An SQLite file is opened read only, and has to be
    there. Raises BadInput: no address, no driver installed, no such file.
    """
    try:
        url = make_url(address)
        if url.get_backend_name() != "sqlite":
            arguments = {"connect_timeout": CONNECT_S} if url.get_backend_name() == "postgresql" else {}
            engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=arguments)
            return engine, url
    except (ArgumentError, ImportError, NoSuchModuleError, ValueError):
        raise BadInput(
            Text(
                "这不是可用的数据库地址，或没有安装它的驱动",
                "This is no usable database address, or its driver is not installed",
            ),
            Text(
                "形如 postgresql+psycopg://用户@主机/库（pip install 'kaizha[postgres]'）或 sqlite:///文件",
                "Such as postgresql+psycopg://user@host/name (pip install 'kaizha[postgres]') or sqlite:///file",
            ),
            Where(parameter="url"),
        ) from None
    if not url.database or not Path(url.database).is_file():
        raise BadInput(
            Text("找不到该数据库文件", "There is no such database file"),
            Text("请核对路径", "Check the path"),
            Where(parameter="url"),
        )
    file = f"file:{quote(str(Path(url.database).resolve()))}"
    read_only = URL.create("sqlite", database=file, query={"mode": "ro", "uri": "true"})
    return create_engine(read_only, poolclass=NullPool, hide_parameters=True), url
