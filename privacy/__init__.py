"""Could it identify someone? Find personal information in every cell, classify and grade fields, mask, weigh the risk."""

from privacy.classify import basis_of, classify
from privacy.grade import RESIDUAL, grade_of, residual_grade
from privacy.mask import OPERATORS, Operation, expression, masked_column, resolve, tightens
from privacy.recognise import Span, find
from privacy.recognisers import RECOGNISERS, Recogniser
from privacy.redact import redact_batch, redact_spans
from privacy.risk import Risk, about_persons, k_anonymity, quasi_identifiers, risk_of
from privacy.scan import Detector, scan
from privacy.settle import settle
from privacy.version import DETECTOR

__all__ = [
    "DETECTOR",
    "OPERATORS",
    "RECOGNISERS",
    "RESIDUAL",
    "Detector",
    "Operation",
    "Recogniser",
    "Risk",
    "Span",
    "about_persons",
    "basis_of",
    "classify",
    "expression",
    "find",
    "grade_of",
    "k_anonymity",
    "masked_column",
    "quasi_identifiers",
    "redact_batch",
    "redact_spans",
    "residual_grade",
    "resolve",
    "risk_of",
    "scan",
    "settle",
    "tightens",
]
