"""Sample files for `kaizha demo`: a few true facts and the invented city of Yunting, all written by this project.

No real person's data and no third party's file is in here; `write` makes the files from a seed.
"""

from samples.catalogue import SEED, Outcome, Sample, personal_values, write

__all__ = ["SEED", "Outcome", "Sample", "personal_values", "write"]
