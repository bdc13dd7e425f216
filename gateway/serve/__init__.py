"""Answers from the open zone: typed queries, the files that answer them, the workers, the data path."""

from gateway.serve.column_file import COLUMN_FILE_ROWS, build_column_file
from gateway.serve.data_path import DataPath, Shelf
from gateway.serve.openapi import openapi
from gateway.serve.query import AggregateQuery, RecordsQuery, parse_aggregate, parse_records
from gateway.serve.row_file import RowFile, build_row_file
from gateway.serve.served import Served
from gateway.serve.workers import WorkerLimits, Workers

__all__ = [
    "COLUMN_FILE_ROWS",
    "AggregateQuery",
    "DataPath",
    "RecordsQuery",
    "RowFile",
    "Served",
    "Shelf",
    "WorkerLimits",
    "Workers",
    "build_column_file",
    "build_row_file",
    "openapi",
    "parse_aggregate",
    "parse_records",
]
