"""The app of the rows."""

from pathlib import Path

from django.apps import AppConfig


class Benched(AppConfig):
    """Tells where it lies: these folders are no packages."""

    name = "tests.bench.peer"
    label = "benched"
    path = str(Path(__file__).parent)
