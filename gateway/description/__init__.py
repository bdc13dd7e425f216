"""The whole HTTP surface as one OpenAPI 3.1 document: what developers generate clients from, and what fuzzers hold us to."""

from gateway.description.document import document

__all__ = ["document"]
