"""Reads the packaged starter set: the same form that `kaizha element import` takes."""

from __future__ import annotations

import csv
from importlib import resources

from catalog.element import DataElement
from catalog.element_form import read_elements

__all__ = ["load_starter_elements"]

FILE = "starter.csv"


def load_starter_elements() -> tuple[DataElement, ...]:
    """The elements that a fresh home begins with. Raises BadInput when the packaged file is damaged."""
    text = resources.files("catalog.elements").joinpath(FILE).read_text("utf-8")
    return read_elements(list(csv.reader(text.splitlines())), FILE)
