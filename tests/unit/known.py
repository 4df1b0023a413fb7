"""What a test knows to be there."""


def the[T](found: T | None) -> T:
    """The thing; the test fails where there is none."""
    assert found is not None
    return found
