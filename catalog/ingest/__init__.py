"""Reading any received file into a typed table: sniff, decode, locate the table, type; every choice is stated.

`spool`, `spool_file` or `local` gives a `Source`, `read` a `Reading` of it in the engine.
"""

from catalog.ingest.limits import Limits
from catalog.ingest.reading import Reading, read
from catalog.ingest.source import Source, local, spool, spool_file
from catalog.ingest.sqlalchemy_database import spool_database

__all__ = ["Limits", "Reading", "Source", "local", "read", "spool", "spool_database", "spool_file"]
