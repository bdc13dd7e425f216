"""Tables of notices: who wants to hear, and what was sent."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, String, Table

from catalog.registry import UtcTime, metadata

__all__ = ["deliveries", "notices", "reminders", "subscriptions"]

# The secret that signs what is sent is derived by the key ring from `id`: it is stored nowhere.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("url", String(2000), nullable=False),
    Column("person", String(100), nullable=False),
    Column("publisher", String(200), nullable=True),
    Column("dataset_id", String(100), nullable=True),
    Column("created_at", UtcTime, nullable=False),
    Column("active", Boolean, nullable=False),
)

# What there is to tell, written in the same unit of work as its cause; `spread` = its deliveries have been written,
# `hears` the name of an action: only who may take it is told (NULL: everybody).
notices = Table(
    "notices",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("dataset_id", String(100), nullable=True, index=True),
    Column("publisher", String(200), nullable=True),
    Column("document", JSON, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("spread", Boolean, nullable=False, index=True),
    Column("hears", String(60), nullable=True),
)

# What has been reminded of, so that each due date of each thing is told once.
reminders = Table(
    "reminders",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("about", String(240), primary_key=True),
    Column("due_on", Date, primary_key=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("notice_id", String(26), ForeignKey("notices.id"), primary_key=True),
    Column("subscription_id", String(26), ForeignKey("subscriptions.id"), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime, nullable=True, index=True),
    Column("delivered_at", UtcTime, nullable=True),
    Column("failure", String(100), nullable=True),
)
