"""schemathesis over the documents of a served city: how many requests were made, and everything that did not hold."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import schemathesis
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

__all__ = ["CHECKS", "Found", "documents", "fuzz", "pointed"]

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "unsupported_method",
    "allow_header_conformance",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Ends things of the house for good, or calls an address that the fuzzer makes up.
NOT_AS_OWNER = (
    "subscribe",
    "sign_out",
    "sign_in",
    "begin_oidc",
    "finish_oidc",
    "revoke_key",
    "rotate_key",
    "set_plan",
    "activate_list",
)


@schemathesis.serializer("application/toml", XLSX)
def as_it_is(_context: Any, value: Any) -> bytes:
    """A body that is a file: what is drawn for it is sent."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass(slots=True)
class Found:
    """`statuses` of every request; `failures` as sentences with what asks for them again."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)

    @property
    def requests(self) -> int:
        return self.statuses.total()


def documents(url: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The document of the whole with path parameters that mostly name something there is (a made-up id finds nothing but
    404), and those of each dataset and service."""
    with httpx.Client(base_url=url, timeout=30) as client:
        datasets = [one["id"] for one in client.get("/api/v1/datasets").json()["datasets"]]
        services = [one["id"] for one in client.get("/api/v1/services").json()["services"]]
        elements = [one["code"] for one in client.get("/api/v1/elements").json()["elements"]]
        own = [client.get(f"/api/v1/datasets/{one}/openapi.json").json() for one in datasets]
        own += [client.get(f"/api/v1/services/{one}/openapi.json").json() for one in services]
        whole = client.get("/openapi.json").json()
    known = {
        "dataset_id": datasets,
        "service_id": services,
        "code": elements,
        "index": [0, 1, 5],
        "place": ["0/000", "entries/000", "events/000", "0/000.p/5"],
        "name": ["kaizha.css", "try.js", "mark.svg"],
    }
    return pointed(whole, known), own


def pointed(document: Mapping[str, Any], known: Mapping[str, Iterable[Any]]) -> dict[str, Any]:
    """The document with path parameters that mostly name something there is: a made-up id finds nothing but 404."""
    found = copy.deepcopy(dict(document))
    for path in found["paths"].values():
        for operation in path.values():
            for one in operation.get("parameters", ()):
                if one["in"] == "path" and one["name"] in known:
                    one["schema"] = {"anyOf": [{"enum": list(known[one["name"]])}, one["schema"]]}
    return found


def fuzz(
    document: Mapping[str, Any],
    url: str,
    examples: int,
    seed: int,
    into: Found,
    key: str = "",
    seconds: int | None = None,
) -> None:
    """Ask `url` what the document says can be asked: each operation's corner cases, and `examples` drawn ones of it.

    Once, so that a seed asks the same however slow the machine is; with `seconds`, again and again until they are over."""
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            **({} if seconds is None else {"max-time": seconds}),
            "base-url": url,
            "headers": {"Authorization": f"Bearer {key}"} if key else {},
            "request-timeout": 60,
            "generation": {"database": "none", "with-security-parameters": not key, "no-shrink": True},
            "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
            "phases": {
                "examples": {"enabled": False},
                "stateful": {"enabled": False},
                "coverage": {"unexpected-methods": ["put", "options", "trace"]},
                "fuzzing": {"generation": {"max-examples": examples}},
            },
        }
    )
    schema = schemathesis.openapi.from_dict(dict(document), config=config)
    if key:
        schema = schema.exclude(operation_id=list(NOT_AS_OWNER))
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            recorder = event.recorder
            into.operations.add(recorder.label)
            for one in recorder.interactions.values():
                if one.response is not None:
                    into.statuses[one.response.status_code] += 1
            for checks in recorder.checks.values():
                for check in checks:
                    if check.failure_info is not None:
                        failure = check.failure_info.failure
                        name = f"{recorder.label}: {failure.title}"
                        sample = check.failure_info.code_sample
                        into.failures.setdefault(name, f"{failure.message[:600]}\n{sample[:600]}")
        elif isinstance(event, NonFatalError | FatalError):
            told = getattr(event, "value", None) or getattr(event, "exception", None)
            into.failures.setdefault(f"{type(event).__name__} {getattr(event, 'label', '')}", str(told)[:600])
