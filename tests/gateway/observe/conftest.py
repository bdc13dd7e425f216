"""Homes that are served."""

from __future__ import annotations

from tests.served import made, serve, serve_once

__all__ = ["made", "serve", "serve_once"]
