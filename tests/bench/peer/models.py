"""The rows, in the table that Datasette reads too."""

from django.db import models


class Log(models.Model):
    """A row of the list, with one body."""

    id = models.TextField(primary_key=True)
    created_at = models.DateTimeField()
    provider = models.TextField()
    model = models.TextField()
    path = models.TextField()
    status_code = models.IntegerField()
    success = models.BooleanField()
    cached = models.BooleanField()
    duration = models.IntegerField()
    tokens_in = models.IntegerField(null=True)
    tokens_out = models.IntegerField(null=True)
    cost = models.FloatField(null=True)
    metadata = models.TextField(default="")
    body = models.TextField(default="")

    class Meta:
        app_label = "benched"
        managed = False
        db_table = "log"

    def __str__(self) -> str:
        return str(self.id)
