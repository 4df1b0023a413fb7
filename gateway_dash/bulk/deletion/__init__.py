"""Deleting what was shown: a plan of ids, a copy first, a probe, small checked batches, and a receipt."""
