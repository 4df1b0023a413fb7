"""Annotating many logs: a plan that shows before and after, one careful change a log, and an undo."""
