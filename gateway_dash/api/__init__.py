"""The API for the team's scripts: the same queries, read only, with personal tokens."""
