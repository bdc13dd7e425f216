"""Two officers, a steward, and lists that differ from the starter by one entry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from catalog.decision import MaskOperator, Scope
from catalog.text import Text
from gateway.access import Person, Role
from gateway.gate import Gate
from gateway.governance.activation import activate
from gateway.governance.lists import approve_list, draft_list, propose_list
from negative_list import AnyOf, Clause, Effect, Entry, NegativeList, Term
from negative_list.condition import FieldPattern
from negative_list.effect import Deny, Mask
from negative_list.lifecycle import ListRecord

ANNA, BERT, CARL = (Person(name, frozenset({Role.OFFICER})) for name in ("anna", "bert", "carl"))
STEWARD = Person("stella", frozenset({Role.STEWARD}), "测试局")

WithEntry = Callable[..., NegativeList]
Enforce = Callable[[NegativeList], ListRecord]


def column_entry(
    base: NegativeList, entry_id: str, pattern: str, operator: MaskOperator | None = None
) -> Entry:
    """An entry that denies (or masks) every column whose heading holds the pattern."""
    like = base.entries[0]
    term = Term(f"term_{entry_id}", (FieldPattern(pattern),))
    spelling = Deny() if operator is None else Mask(operator)
    clause = Clause(
        "column",
        (AnyOf((term,)),),
        (Effect(spelling, Scope.COLUMN, (term,)),),
        Text("去掉该列", "Leave the column out"),
    )
    identity = replace(
        like.identity,
        entry_id=entry_id,
        seq=900 + len(base.entries),
        domain="any",
        description=Text("测试", "test"),
    )
    governance = replace(like.governance, valid_from=date(2024, 1, 1), exemptible=True)
    return replace(like, identity=identity, clauses=(clause,), governance=governance)


@pytest.fixture
def with_entry(gate: Gate) -> WithEntry:
    """The list in force with one more entry, under another version."""

    def make(version: str, pattern: str, operator: MaskOperator | None = None) -> NegativeList:
        base = gate.entries
        added = column_entry(base, f"T-{version}", pattern, operator)
        return replace(base, version=version, entries=(*base.entries, added))

    return make


@pytest.fixture
def enforce(gate: Gate) -> Enforce:
    """A list all the way into effect, by two people."""

    def run(entries: NegativeList) -> ListRecord:
        draft_list(gate, ANNA, entries)
        propose_list(gate, ANNA, entries.version)
        approve_list(gate, BERT, entries.version)
        return activate(gate, BERT, entries.version)

    return run


@pytest.fixture
def stops(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("线路,站名,区县\n" + "".join(f"线{n % 3},站{n},区{n % 4}\n" for n in range(60)))
    return path


Received = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def receiver() -> Iterator[tuple[str, Received, list[int]]]:
    """A server on loopback: its address, what it received, and the statuses it answers with (then 204)."""
    received: Received = []
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(statuses.pop(0) if statuses else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", received, statuses
    server.shutdown()
    thread.join()
    server.server_close()


def checks(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a stock library finds the signature good."""
    try:
        Webhook(secret).verify(body, headers)
    except Exception:
        return False
    return True
