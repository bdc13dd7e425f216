"""A zone: immutable files named by their sha256, in a local folder or any S3 store, through obstore.

`put` acknowledges only what is durable: written under another name, renamed, file and folder fsynced (a remote
store's PUT is durable when it answers). Nothing is ever overwritten: the same bytes are the same file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from catalog.errors import NotFound, Unavailable
from catalog.text import Text

__all__ = ["Zone", "sha256_of"]

CHUNK_BYTES = 1 << 20
PART_BYTES = 64 << 20  # of an upload; two at a time, so 128 MB at most
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


class Zone:
    """`url` is ``file:///folder`` or an object store's (``s3://bucket/prefix``, further settings from the
    environment, as obstore reads them); `cache` a local folder for files of a remote store, by hash."""

    def __init__(self, url: str, cache: Path) -> None:
        self.url = url
        self.cache = cache
        parts = urlsplit(url)
        self.folder = Path(parts.path) if parts.scheme == "file" else None
        self.store: ObjectStore
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.store = LocalStore(self.folder)
        else:
            self.store = from_url(url)

    def put(self, file: Path, suffix: str, own: str | None = None) -> str:
        """Keep a file durably; its sha256 (hex). `suffix` such as ``.parquet`` ends the stored name.

        `own` is the file's sha256, of a file that nobody else can change: a zone on the same file system then links it
        instead of reading it twice.
        """
        digest = own or sha256_of(file)
        name = digest + suffix
        if self.folder is not None:
            if own is None or not self._link_durably(self.folder, file, name):
                self._put_durably(self.folder, file, name)
        elif not self.holds(digest, suffix):
            obstore.put(self.store, name, file, chunk_size=PART_BYTES, max_concurrency=2)
        return digest

    def _link_durably(self, folder: Path, file: Path, name: str) -> bool:
        """Give a file another name, once its bytes are on the disk; False on another file system."""
        _fsync(file)
        try:
            os.link(file, folder / name)
        except FileExistsError:
            pass  # the same bytes are here already
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK):
                raise
            return False
        _fsync(folder)
        return True

    def _put_durably(self, folder: Path, file: Path, name: str) -> None:
        """The file gets its name only once its bytes are on the disk: a name in the folder is a promise."""
        if not (folder / name).exists():
            partial = f"{secrets.token_hex(8)}.partial"
            try:
                obstore.put(self.store, partial, file, chunk_size=PART_BYTES, max_concurrency=2)
                _fsync(folder / partial)
                (folder / partial).replace(folder / name)
            finally:
                (folder / partial).unlink(missing_ok=True)
        _fsync(folder)

    def holds(self, digest: str, suffix: str) -> bool:
        """Whether the file is in the zone."""
        if not SHA256_HEX.fullmatch(digest):
            return False
        try:
            obstore.head(self.store, digest + suffix)
        except FileNotFoundError:
            return False
        return True

    def path(self, digest: str, suffix: str) -> Path:
        """A local path of a stored file; a remote one is fetched once, and checked against its name.

        Raises NotFound when the zone has no such file, Unavailable when its bytes do not match their name.
        """
        if not SHA256_HEX.fullmatch(digest):
            raise _missing()
        name = digest + suffix
        if self.folder is not None:
            path = self.folder / name
            if not path.exists():
                raise _missing()
            return path
        path = self.cache / name
        if not path.exists():
            self._fetch(name, digest, path)
        return path

    def _fetch(self, name: str, digest: str, path: Path) -> None:
        self.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, partial = tempfile.mkstemp(dir=self.cache)
        seen = hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as target:
                for chunk in obstore.get(self.store, name).stream(min_chunk_size=CHUNK_BYTES):
                    seen.update(chunk)
                    target.write(chunk)
            if seen.hexdigest() != digest:
                raise Unavailable(
                    Text("存储中的文件与其校验值不符", "A stored file does not match its hash"),
                    Text(
                        "请从备份恢复该文件，并运行 kaizha verify",
                        "Restore the file from a backup and run kaizha verify",
                    ),
                )
            Path(partial).replace(path)
        except FileNotFoundError:
            raise _missing() from None
        finally:
            Path(partial).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, datetime]]:
        """Every stored name with the time it was written."""
        for batch in obstore.list(self.store):
            for entry in batch:
                yield str(entry["path"]), entry["last_modified"]

    def delete(self, name: str) -> None:
        """Remove a file that nothing refers to."""
        obstore.delete(self.store, name)


def sha256_of(file: Path) -> str:
    """The sha256 of a file (hex), read in pieces."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _missing() -> NotFound:
    return NotFound(
        Text("区域中没有这个文件", "The zone has no such file"),
        Text("请运行 kaizha verify 查看缺失的文件", "Run kaizha verify to see what is missing"),
    )


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
