"""Share links: what somebody without a right of their own may look at, for a while."""
