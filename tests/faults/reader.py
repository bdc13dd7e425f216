"""``python reader.py URL PROBES OUT``: asks every probe of a gateway again and again until standard input ends.

Writes one line for each read: when it began and ended (CLOCK_MONOTONIC, seconds, the same for all processes of a
machine), which probe, whether the answer held the marker, and the status. A 304 counts as what it stands for.
"""

from __future__ import annotations

import gzip
import http.client
import json
import sys
import threading
import time
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

THREADS = 3
PAUSE_S = 0.004
TIMEOUT_S = 10


def holds(body: bytes, marker: bytes, address: str) -> bool:
    """Whether an answer shows the marker, looked for inside what is compressed."""
    if address.endswith(".xlsx") and body[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(body)) as book:
            return any(marker in book.read(name) for name in book.namelist())
    if address.endswith((".parquet", ".arrow")) and body[:1] != b"{":
        return marker in _columnar(body)
    return marker in body


def _columnar(body: bytes) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = (
        pq.read_table(pa.BufferReader(body)) if body[:4] == b"PAR1" else pa.ipc.open_stream(body).read_all()
    )
    return json.dumps(table.to_pydict(), ensure_ascii=False, default=str).encode()


def main(url: str, probes: list[tuple[str, str]], out: Path) -> None:
    ended = threading.Event()
    lines: list[str] = []

    def read(first: int) -> None:
        place = urlsplit(url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=TIMEOUT_S)
        known: dict[int, str] = {}  # the ETag of an answer that held the marker
        number = first
        while not ended.is_set():
            address, marker = probes[number % len(probes)]
            index, begun = number % len(probes), time.monotonic()
            headers = {"If-None-Match": known[index]} if index in known and number // len(probes) % 2 else {}
            try:
                connection.request("GET", quote(address, safe="/?&=,()_.-"), headers=headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                status = answer.status
                seen = status == 304 or (status == 200 and holds(body, marker.encode(), address))
                if seen and status == 200 and answer.headers.get("etag"):
                    known[index] = answer.headers["etag"]
            except (OSError, http.client.HTTPException):
                connection.close()
                status, seen = 0, False
            lines.append(f"{begun:.4f} {time.monotonic():.4f} {index} {int(seen)} {status}\n")
            number += 1
            ended.wait(PAUSE_S)

    threads = [threading.Thread(target=read, args=(n * len(probes) // THREADS,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    with out.open("w") as file:
        while not ended.is_set():
            ended.wait(0)
            if not sys.stdin.buffer.read(1):
                ended.set()
        for thread in threads:
            thread.join()
        file.writelines(lines)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]), Path(sys.argv[3]))
