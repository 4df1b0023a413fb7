"""Where finished files go: a folder for this user alone, or a bucket of any S3-compatible store."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from django.test import override_settings
from moto.server import ThreadedMotoServer

from gateway_dash import environment, settings
from gateway_dash.bulk import files

NAME = "0123456789abcdef/part-0001.jsonl.gz"
LINES = b'{"log": {"id": "one"}}\n{"log": {"id": "two"}}\n'


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, object]]:
    """The settings of a store in a bucket, on a server of this process."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint).create_bucket(Bucket="copies")
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, s3_endpoint=endpoint))
    yield settings._archives("s3://copies/of/logs/")
    server.stop()


@pytest.mark.filterwarnings("ignore")  # boto3 and moto warn of their own ways
def test_a_file_goes_to_a_bucket_and_is_read_back_from_there(bucket, tmp_path):
    path = tmp_path / "part"
    with override_settings(STORAGES=settings.STORAGES | {"archives": bucket}):
        size = files.append(path, 0, files.packed(LINES[:23]))
        size = files.append(path, size, files.packed(LINES[23:]))
        sha256 = files.put_away(path, NAME)
        assert files.read_back(NAME) == (2, size, sha256)
        assert b"".join(files.lines_of(NAME)) == LINES
        assert files.put_away(path, NAME) == sha256  # once more, as after a kill: under the same name
        client = boto3.client("s3", endpoint_url=bucket["OPTIONS"]["endpoint_url"])
        kept = client.list_objects_v2(Bucket="copies")["Contents"]
        assert [each["Key"] for each in kept] == [f"of/logs/{NAME}"]


def test_a_file_in_the_folder_is_for_its_owner_alone(tmp_path):
    store = settings._archives(str(tmp_path / "archives"))
    with override_settings(STORAGES=settings.STORAGES | {"archives": store}):
        files.append(tmp_path / "part", 0, files.packed(LINES))
        files.put_away(tmp_path / "part", NAME)
        found = tmp_path / "archives" / NAME
        assert (found.stat().st_mode & 0o777, found.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("place", ["s3://", "s3://B", "s3://bucket/../x", "gs://bucket", "s3://bucket?x=1"])
def test_a_place_that_is_none_is_refused(place, tmp_path):
    with pytest.raises(environment.ConfigurationError, match="GATEWAY_DASH_ARCHIVE"):
        environment.read({"GATEWAY_DASH_ARCHIVE": place, "GATEWAY_DASH_DATA_DIR": str(tmp_path)}, tmp_path)


@pytest.mark.parametrize("address", ["http://s3.example.com", "s3.example.com", "https://s3.example.com/?x=1"])
def test_an_endpoint_that_is_none_is_refused(address, tmp_path):
    with pytest.raises(environment.ConfigurationError, match="GATEWAY_DASH_S3_ENDPOINT"):
        environment.read({"GATEWAY_DASH_S3_ENDPOINT": address, "GATEWAY_DASH_DATA_DIR": str(tmp_path)}, tmp_path)


def test_procrastinate_without_postgresql_is_refused(tmp_path):
    given = {"GATEWAY_DASH_JOB_ENGINE": "procrastinate", "GATEWAY_DASH_DATA_DIR": str(tmp_path)}
    with pytest.raises(environment.ConfigurationError, match="needs PostgreSQL"):
        environment.read(given, tmp_path)
