"""Retention rules: a filter and an age, by which logs are deleted day by day, after three runs that only report."""
