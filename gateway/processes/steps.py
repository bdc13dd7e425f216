"""The steps of governance that are asked of the gate: one class a step, with what it takes and where it stands over HTTP.

The routes (`gateway.api.governance`), the reference (`gateway.portal.reference`) and the typed requests are all read
from here. What a step does, and who may, is said where the gate does it (`gateway.processes.govern`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from catalog.text import Text
from gateway.processes.asked import Asked

__all__ = [
    "MAX_LIST_BYTES",
    "PREFIX",
    "STEPS",
    "ActivateList",
    "AnswerAppeal",
    "ApproveExemption",
    "ApproveList",
    "DiffLists",
    "DraftExemption",
    "EndExemption",
    "ExportList",
    "FileAppeal",
    "ImportList",
    "ListAppeals",
    "ListExemptions",
    "ListHistory",
    "ListSubscriptions",
    "ProposeList",
    "RejectList",
    "Route",
    "SimulateList",
    "Step",
    "Subscribe",
    "Unsubscribe",
]

PREFIX = "/api/v1"
MAX_LIST_BYTES = 2 << 20
"""Largest list that comes in over HTTP; the starter list is 60 kB."""

Version = Annotated[str, Field(min_length=1, max_length=60)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(max_length=5_000)]


@dataclass(frozen=True, slots=True)
class Route:
    """Method and path under `PREFIX`. A field named in the path stands there; the others are query parameters of a
    GET and members of a JSON body elsewhere."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    text: Text


class Step(Asked):
    """One step: its fields are what it takes."""

    route: ClassVar[Route]

    @classmethod
    def own_fields(cls) -> tuple[str, ...]:
        """What it takes, without who asks."""
        return tuple(name for name in cls.model_fields if name not in {*Asked.model_fields, "kind"})


# ---- the list

LIST = "/negative-list"
ONE_LIST = f"{LIST}/versions/{{version}}"


class ImportList(Step):
    """`content` is a workbook or TOML; a workbook takes the `version` it is to become."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    route = Route(
        "POST",
        f"{LIST}/versions",
        Text("导入清单为草案：工作簿或 TOML", "Take a list in as a draft: workbook or TOML"),
    )
    kind: Literal["import-list"] = "import-list"
    format: Literal["toml", "xlsx"]
    version: Annotated[str, Field(max_length=60)] = ""
    content: Annotated[bytes, Field(max_length=MAX_LIST_BYTES, repr=False)]


class ExportList(Step):
    """A version that is not public; everybody else's are read without the gate. Gives it as TOML text."""

    changes = False
    route = Route(
        "GET",
        f"{LIST}/export.{{format}}",
        Text("导出清单：xlsx 或 toml，可指定版本", "The list as xlsx or toml; another version too"),
    )
    kind: Literal["export-list"] = "export-list"
    version: Version


class DiffLists(Step):
    """`before` "" = the version in force."""

    changes = False
    route = Route(
        "GET", f"{LIST}/diff", Text("两个版本逐条比较", "What differs between two versions, entry by entry")
    )
    kind: Literal["diff-lists"] = "diff-lists"
    version: Version
    before: Annotated[str, Field(max_length=60)] = ""


class ListHistory(Step):
    changes = False
    route = Route(
        "GET",
        f"{LIST}/history",
        Text("所有版本，含草案，以及经手人", "Every version, drafts too, and who did what with it"),
    )
    kind: Literal["list-history"] = "list-history"


class SimulateList(Step):
    changes = False
    route = Route(
        "GET",
        f"{ONE_LIST}/simulate",
        Text("若生效会怎样；不作任何更改", "What it would do to everything published; nothing changes"),
    )
    kind: Literal["simulate-list"] = "simulate-list"
    version: Version


class ProposeList(Step):
    route = Route("POST", f"{ONE_LIST}/propose", Text("提请批准", "Put a draft forward"))
    kind: Literal["propose-list"] = "propose-list"
    version: Version


class ApproveList(Step):
    """`effective`: an ISO time; "" = at once."""

    route = Route(
        "POST",
        f"{ONE_LIST}/approve",
        Text("由第二人批准并排期", "Approve it as a second person; it is scheduled"),
    )
    kind: Literal["approve-list"] = "approve-list"
    version: Version
    effective: Annotated[str, Field(max_length=40)] = ""


class RejectList(Step):
    route = Route("POST", f"{ONE_LIST}/reject", Text("退回", "End it before it takes effect"))
    kind: Literal["reject-list"] = "reject-list"
    version: Version
    reason: Words


class ActivateList(Step):
    route = Route(
        "POST", f"{ONE_LIST}/activate", Text("启用已批准的版本", "Bring an approved version into effect")
    )
    kind: Literal["activate-list"] = "activate-list"
    version: Version


# ---- exemptions


class ListExemptions(Step):
    changes = False
    route = Route("GET", "/exemptions", Text("豁免，新的在前", "Exemptions, newest first"))
    kind: Literal["list-exemptions"] = "list-exemptions"


class DraftExemption(Step):
    """`expires`: its last day, YYYY-MM-DD."""

    route = Route(
        "POST", "/exemptions", Text("起草豁免：一个数据集、一个条目", "Ask for one: one dataset, one entry")
    )
    kind: Literal["draft-exemption"] = "draft-exemption"
    dataset: Id
    entry: Id
    reason: Words
    expires: Annotated[str, Field(max_length=40)]


class ApproveExemption(Step):
    route = Route("POST", "/exemptions/{id}/approve", Text("两次批准之一", "One of the two approvals"))
    kind: Literal["approve-exemption"] = "approve-exemption"
    id: Id


class EndExemption(Step):
    route = Route(
        "POST", "/exemptions/{id}/end", Text("结束豁免，立即收回", "End it: what it opened closes at once")
    )
    kind: Literal["end-exemption"] = "end-exemption"
    id: Id


# ---- appeals


class ListAppeals(Step):
    changes = False
    route = Route("GET", "/appeals", Text("申诉，新的在前", "Appeals, newest first"))
    kind: Literal["list-appeals"] = "list-appeals"


class FileAppeal(Step):
    route = Route(
        "POST", "/appeals", Text("就本单位的数据集提出申诉", "Object, for a dataset of one's own publisher")
    )
    kind: Literal["file-appeal"] = "file-appeal"
    dataset: Id
    entry: Id
    text: Words


class AnswerAppeal(Step):
    route = Route("POST", "/appeals/{id}/answer", Text("书面答复", "Answer one in writing"))
    kind: Literal["answer-appeal"] = "answer-appeal"
    id: Id
    verdict: Literal["upheld", "dismissed"]
    text: Words


# ---- subscriptions


class ListSubscriptions(Step):
    changes = False
    route = Route("GET", "/subscriptions", Text("订阅", "Subscriptions"))
    kind: Literal["list-subscriptions"] = "list-subscriptions"


class Subscribe(Step):
    route = Route(
        "POST",
        "/subscriptions",
        Text("订阅变更通知（签名 Webhook）", "Be told of changes, by signed webhook"),
    )
    kind: Literal["subscribe"] = "subscribe"
    url: Annotated[str, Field(max_length=2_000)]
    publisher: Annotated[str, Field(max_length=200)] | None = None
    dataset: Id | None = None


class Unsubscribe(Step):
    route = Route("DELETE", "/subscriptions/{id}", Text("停止订阅", "End a subscription"))
    kind: Literal["unsubscribe"] = "unsubscribe"
    id: Id


STEPS: tuple[type[Step], ...] = (
    ImportList,
    ExportList,
    DiffLists,
    ListHistory,
    SimulateList,
    ProposeList,
    ApproveList,
    RejectList,
    ActivateList,
    ListExemptions,
    DraftExemption,
    ApproveExemption,
    EndExemption,
    ListAppeals,
    FileAppeal,
    AnswerAppeal,
    ListSubscriptions,
    Subscribe,
    Unsubscribe,
)
