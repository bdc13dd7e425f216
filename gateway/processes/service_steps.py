"""The steps in the life of a purpose-built API that are asked of the gate. What the gate does for each:
`gateway.processes.services`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from catalog.service_form import MAX_SERVICE_BYTES
from catalog.text import Text
from gateway.processes.steps import Route, Step

__all__ = [
    "SERVICE_STEPS",
    "AnswerService",
    "DeclareService",
    "DeprecateService",
    "ListDeclarations",
    "ProbeService",
    "RetireService",
    "ServiceStep",
]

Id = Annotated[str, Field(min_length=1, max_length=100)]
Version = Annotated[str, Field(min_length=1, max_length=40)]
ONE = "/services/{id}/versions/{version}"


class ListDeclarations(Step):
    changes = False
    route = Route(
        "GET",
        "/service-declarations",
        Text(
            "已声明的服务，含待定与拒绝的及其理由", "Declared services, those held and refused too, and why"
        ),
    )
    kind: Literal["list-declarations"] = "list-declarations"
    dataset: Annotated[str, Field(max_length=100)] = ""


class DeclareService(Step):
    """`content` is the YAML of one service (docs/services.md)."""

    route = Route("POST", "/services", Text("声明服务：YAML 文本", "Declare a service: the text of its YAML"))
    kind: Literal["declare-service"] = "declare-service"
    content: Annotated[str, Field(max_length=MAX_SERVICE_BYTES, repr=False)]


class AnswerService(Step):
    route = Route(
        "POST", f"{ONE}/answer", Text("答复待定的服务", "An officer's word on a service that is held")
    )
    kind: Literal["answer-service"] = "answer-service"
    id: Id
    version: Version
    accept: bool


class DeprecateService(Step):
    """`sunset`: its last day, YYYY-MM-DD, "" = not set; `successor`: the version that takes its place."""

    route = Route(
        "POST", f"{ONE}/deprecate", Text("标记为将停用", "Say that a version is to be left, and until when")
    )
    kind: Literal["deprecate-service"] = "deprecate-service"
    id: Id
    version: Version
    sunset: Annotated[str, Field(max_length=40)] = ""
    successor: Annotated[str, Field(max_length=40)] = ""


class RetireService(Step):
    route = Route("POST", f"{ONE}/retire", Text("停用：此后应答 410", "End a version: 410 from then on"))
    kind: Literal["retire-service"] = "retire-service"
    id: Id
    version: Version
    reason: Annotated[str, Field(max_length=2_000)]


class ProbeService(Step):
    route = Route("POST", "/services/{id}/probe", Text("以示例探测", "Ask it now, with its example"))
    kind: Literal["probe-service"] = "probe-service"
    id: Id


ServiceStep = (
    ListDeclarations | DeclareService | AnswerService | DeprecateService | RetireService | ProbeService
)
SERVICE_STEPS: tuple[type[Step], ...] = (
    ListDeclarations,
    DeclareService,
    AnswerService,
    DeprecateService,
    RetireService,
    ProbeService,
)
