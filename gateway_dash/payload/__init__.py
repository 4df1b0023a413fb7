"""What a body says: pure functions, no Django, no HTTP. Bytes in, structures out."""
