"""Reads what an impact assessment of a submission is drafted from: its report, its contract, and who asks."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.contract import Contract
from catalog.contract_version import ContractVersion
from catalog.registry import queries
from catalog.registry.contracts import contract_versions
from catalog.text import Language
from gateway.access import Action, Person, require
from gateway.gate import Gate
from gateway.publish.assessment import Assessed, assessment
from gateway.publish.personal import TERMS
from gateway.publish.report import Report
from gateway.publish.request import Request
from gateway.publish.review import report_by_id
from gateway.publish.submit import request_of

__all__ = ["assessment_by_id"]


def assessment_by_id(gate: Gate, person: Person, submission_id: str, language: Language) -> str:
    """The draft as Markdown. Raises NotAllowed for another publisher's, NotFound where there is no report."""
    require(person, Action.ASSESS)  # before anything is said about this one
    report = report_by_id(gate, submission_id)
    with gate.registry.reading() as snapshot:
        record = queries.submission(snapshot, submission_id)
        known = queries.dataset(snapshot, report.dataset.id)
        versions = contract_versions(snapshot, report.dataset.id)
    require(person, Action.ASSESS, (known or report.dataset).publisher)
    request = request_of(record) if record else Request(report.dataset.id, report.source_sha256)
    contract, version = _contract(report, request, versions)
    answers = {term: request.answers[term] for term in TERMS if term in request.answers}
    return assessment(Assessed(report, contract.personal, answers, version), language)


def _contract(
    report: Report, request: Request, versions: Sequence[ContractVersion]
) -> tuple[Contract, str | None]:
    """Of a release the contract it was made under; else the one that the submission brings, or that in force."""
    under = report.release.contract if report.release else None
    agreed = next((one for one in versions if under in (None, one.version)), None)
    if under is None and request.contract.is_filed:
        return request.contract, request.contract.version
    return (Contract(), None) if agreed is None else (agreed.contract, agreed.version)
