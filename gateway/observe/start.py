"""How a process begins to say of itself what it does: its log, and its traces where they are asked for."""

from __future__ import annotations

import atexit
import os
from typing import Protocol

import structlog

from gateway.observe import spans
from gateway.observe.lines_structlog import LogSettings, Render, configure

__all__ = ["ObserveSettings", "begin"]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
log = structlog.get_logger(__name__)


class ObserveSettings(LogSettings, Protocol):
    @property
    def otel_endpoint(self) -> str: ...


def begin(settings: ObserveSettings, role: str) -> Render:
    """Log and trace as the settings say, until the process ends; gives the form of log lines."""
    render = configure(settings, role)
    if settings.otel_endpoint or any(os.environ.get(name) for name in ENDPOINTS):
        try:
            from gateway.observe.spans_opentelemetry import OpenTelemetry
        except ImportError:
            log.warning("no traces", why="install the extra: pip install 'kaizha[otel]'")
        else:
            tracer = OpenTelemetry(settings.otel_endpoint, role)
            spans.use(tracer)
            atexit.register(tracer.close)
    return render
