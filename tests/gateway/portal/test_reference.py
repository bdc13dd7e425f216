"""The reference names every operation of the surface, and no other."""

from __future__ import annotations

from fastapi import FastAPI

from catalog.predicate import Operator
from gateway.api import (
    catalogue,
    elements,
    governance,
    harvests,
    holdings,
    keys,
    ledger_routes,
    negative_list,
    routes,
    services,
    session,
    submissions,
)
from gateway.portal.reference import COLUMN_OPERATORS, GROUPS

DATA_PATH = {
    ("GET", "/api/v1/datasets/{dataset_id}/records"),
    ("GET", "/api/v1/datasets/{dataset_id}/aggregate"),
    ("GET", "/api/v1/datasets/{dataset_id}/export.{format}"),
    ("GET", "/api/v1/services/{service_id}"),
    ("POST", "/api/v1/services/{service_id}"),
}


def test_the_reference_is_the_route_table() -> None:
    app = FastAPI()
    app.include_router(routes.router)
    app.include_router(services.router)
    app.include_router(elements.router)
    app.include_router(holdings.router)
    app.include_router(ledger_routes.router)
    app.include_router(negative_list.router)
    app.include_router(governance.router)
    app.include_router(submissions.router)
    app.include_router(harvests.router)
    app.include_router(session.router)
    app.include_router(keys.router)
    app.include_router(catalogue.router)
    paths = app.openapi()["paths"]
    routed = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    told = {(one.method, one.path) for group in GROUPS for one in group.operations}
    assert told == routed | DATA_PATH


def test_every_operator_a_caller_may_use_is_told() -> None:
    assert {operator for _, operator, _ in COLUMN_OPERATORS} == set(Operator) - {
        Operator.LIKE,  # CQL2 only: `filter=`
        Operator.MATCHES,
    }
    assert all(not suffix or suffix == f"__{operator.value}" for suffix, operator, _ in COLUMN_OPERATORS)
