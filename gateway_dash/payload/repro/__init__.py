"""Everything that is needed to make a call again elsewhere: commands, a test, an issue; and what is missing in them."""
