"""Limits of catalogues from elsewhere: what one document may ask of the machine, checked while it is read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_values` bounds the values of one property of one dataset, `max_characters` one text, `max_depth` the nesting
    of JSON and XML, `max_problems` how many are told (the rest is a number). Over a bound of the whole document it is
    refused; over one of a dataset the rest of that dataset's values is dropped, and said."""

    max_bytes: int = 32 << 20
    max_triples: int = 500_000
    max_records: int = 50_000
    max_values: int = 500
    max_characters: int = 50_000
    max_depth: int = 64
    max_problems: int = 200
