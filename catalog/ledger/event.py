"""An event of the ledger and its commitment: the tree can be public while an event's text is shown only to those
who may see it, because a leaf holds sha256(salt || canonical JSON of the event).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

__all__ = ["COMMITMENT_BYTES", "PUBLIC_EVENTS", "canonical_json", "commitment"]

COMMITMENT_BYTES = 32
# What everybody may read: what was opened and closed, when, and under which list. Of any other event only the commitment
# is shown, which fixes its text all the same: it can be proven to a court that gets to see it. An event is told whole or
# not at all, so a kind stands here only if none of its fields is internal:
# - list-approved, list-activated: a version, digests, two moments, who decided (as on a release), ids that were open.
# - withdrawals: ids that were open, and a cause in the gate's own words, never free text.
# - services: ids and versions of operations, the datasets they are of, what became of them and by whom; the reason of a
#   retirement is not in it.
# Not here, on purpose:
# - exemption-*: `reason` is written by officers for officers and may name persons or argue from what is withheld; and the
#   event tells which entry caught a dataset that may never be open. What an exemption opened or closed is told by the
#   release, or by the withdrawals, that follows.
# - fields-graded: its reason is written for colleagues. What it closed is told by the withdrawals that follow.
# - list-drafted, -proposed, -rejected: deliberation, the last with free text. Appeals and refusals: nothing was opened.
PUBLIC_EVENTS = ("release", "withdrawal", "withdrawals", "list-approved", "list-activated", "services")


def canonical_json(event: Mapping[str, object]) -> bytes:
    """Bytes that depend on the event's content only: sorted keys, no spaces, UTF-8."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment(event: Mapping[str, object], salt: bytes) -> bytes:
    """The 32-byte public commitment to an event. `salt` has at least 16 random bytes."""
    return hashlib.sha256(salt + canonical_json(event)).digest()
