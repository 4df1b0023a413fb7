"""Everything that matches, as files: read in the order of time, written page by page, read back, counted and hashed."""
