"""The domain zone and the open zone: immutable files over an object store."""

from catalog.zones.zone import Zone, sha256_of

__all__ = ["Zone", "sha256_of"]
