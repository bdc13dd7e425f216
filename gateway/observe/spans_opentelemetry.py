"""Spans as OpenTelemetry has them, sent by OTLP over HTTP: the extra `otel`, imported only where traces are asked for.

The provider is ours and not the process's: what libraries would trace by themselves may hold an error's message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.observe.spans import Attributes, Span

__all__ = ["OpenTelemetry"]

_W3C = TraceContextTextMapPropagator()


class _Open:
    def __init__(self, made: trace.Span) -> None:
        self._made = made
        self.trace_id = format_trace_id(made.get_span_context().trace_id)

    def note(self, name: str, value: str | int) -> None:
        self._made.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        self._made.set_attribute("error.type", kind)
        self._made.set_status(Status(StatusCode.ERROR))


class OpenTelemetry:
    """`endpoint` is the collector's base address ("" = as OTEL_EXPORTER_OTLP_* say); sampling is as OTEL_TRACES_SAMPLER
    says. What cannot be sent is given up after the exporter's own attempts."""

    def __init__(self, endpoint: str, role: str) -> None:
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces") if endpoint else OTLPSpanExporter()
        self._provider = TracerProvider(resource=Resource.create({"service.name": f"kaizha-{role}"}))
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("kaizha")

    @contextmanager
    def span(self, name: str, attributes: Attributes, parent: str, server: bool) -> Iterator[Span]:
        context = _W3C.extract({"traceparent": parent}, Context()) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context,
            SpanKind.SERVER if server else SpanKind.INTERNAL,
            dict(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as made:
            opened = _Open(made)
            try:
                yield opened
            except BaseException as error:
                opened.fail(type(error).__name__)
                raise

    def traceparent(self) -> str:
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier.get("traceparent", "")

    def close(self) -> None:
        """Send what has not been sent."""
        self._provider.shutdown()
