"""Could it identify someone? Find personal information in every cell, classify and grade fields, mask, weigh the risk."""

from privacy.classify import basis_of, classify
from privacy.closeness import t_closeness
from privacy.deidentification import DeidentificationLevel, LevelFound, deidentification_level
from privacy.diversity import Diversity, diversity_of, l_diversity
from privacy.evidence import ColumnFacts
from privacy.extent import Extent
from privacy.generalise import Climber, Generalisation, generalise
from privacy.grade import RESIDUAL, grade_of, residual_grade
from privacy.labels import held_in_label
from privacy.mask import (
    GENERALISING,
    OPERATORS,
    OVER_THE_COLUMN,
    Operation,
    expression,
    masked_column,
    resolve,
    tightens,
)
from privacy.over_column import over_column
from privacy.quasi import (
    Kind,
    QuasiIdentifier,
    counted,
    describes_persons,
    may_describe_persons,
    propose_quasi,
    sensitive_columns,
)
from privacy.recognise import Span, find
from privacy.recognisers import RECOGNISERS, Recogniser
from privacy.redact import redact_batch, redact_spans
from privacy.risk import SIZE_CLASSES, Risk, about_persons, k_anonymity, quasi_identifiers, risk_of
from privacy.scan import Detector, findings_of, read_columns, scan
from privacy.settle import settle
from privacy.version import DETECTOR

__all__ = [
    "DETECTOR",
    "GENERALISING",
    "OPERATORS",
    "OVER_THE_COLUMN",
    "RECOGNISERS",
    "RESIDUAL",
    "SIZE_CLASSES",
    "Climber",
    "ColumnFacts",
    "DeidentificationLevel",
    "Detector",
    "Diversity",
    "Extent",
    "Generalisation",
    "Kind",
    "LevelFound",
    "Operation",
    "QuasiIdentifier",
    "Recogniser",
    "Risk",
    "Span",
    "about_persons",
    "basis_of",
    "classify",
    "counted",
    "deidentification_level",
    "describes_persons",
    "diversity_of",
    "expression",
    "find",
    "findings_of",
    "generalise",
    "grade_of",
    "held_in_label",
    "k_anonymity",
    "l_diversity",
    "masked_column",
    "may_describe_persons",
    "over_column",
    "propose_quasi",
    "quasi_identifiers",
    "read_columns",
    "redact_batch",
    "redact_spans",
    "residual_grade",
    "resolve",
    "risk_of",
    "scan",
    "sensitive_columns",
    "settle",
    "t_closeness",
    "tightens",
]
