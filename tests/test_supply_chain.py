"""What comes from others: pinned by hashes, under licences that are known, and the htmx that we looked at."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import django_htmx
import pytest

from tests.licences import PAGE, ROOT, licence, page, shipped, uv

LOCK = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
# Whoever runs the dashboard may do so under these without opening anything of theirs; LGPL and MPL as separate files.
FINE = {"MIT", "MIT-0", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only"}
HTMX = "django_htmx/htmx-2.min.js"
HTMX_SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"
REAL = {
    "CLOUDFLARE_ACCOUNT_ID": "0" * 32,
    "CLOUDFLARE_API_TOKEN": "a-token",
    "GATEWAY_DASH_SECRET_KEY": "".join(chr(ord("!") + number) for number in range(60)).replace('"', "x"),
    "GATEWAY_DASH_ALLOWED_HOSTS": "logs.example.com",
    "GATEWAY_DASH_TRUST_PROXY": "on",
}


@pytest.mark.parametrize("each", LOCK, ids=lambda each: each["name"])
def test_each_package_is_locked_by_hashes_of_the_public_index(each):
    if each["source"] == {"editable": "."}:
        return
    assert each["source"] == {"registry": "https://pypi.org/simple"}
    files = [*each.get("wheels", ()), *([each["sdist"]] if "sdist" in each else [])]
    assert files
    assert all(file["hash"].startswith("sha256:") for file in files)
    assert all(file["url"].startswith("https://files.pythonhosted.org/") for file in files)


def test_what_comes_along_is_listed_with_its_licence():
    assert PAGE.read_text() == page(), "python -m tests.licences writes it"


@pytest.mark.parametrize("name", shipped())
def test_each_licence_is_one_that_asks_nothing_of_who_runs_it(name):
    alternatives = [set(each.split(" AND ")) for each in licence(name).split(" OR ")]
    assert any(each <= FINE for each in alternatives), licence(name)


def test_the_bill_of_materials_names_each_package():
    told = json.loads(uv("--format", "cyclonedx1.5"))
    assert told["bomFormat"] == "CycloneDX"
    assert {each["name"] for each in told["components"]} >= set(shipped())
    assert all(re.match(r"pkg:pypi/[^@]+@", each["purl"]) for each in told["components"])


@pytest.mark.django_db
def test_the_htmx_that_browsers_run_is_the_one_we_looked_at(client):
    path = Path(django_htmx.__file__).parent / "static" / HTMX
    assert hashlib.sha256(path.read_bytes()).hexdigest() == HTMX_SHA256
    assert re.findall(r'src="/static/(django_htmx/[^"]+)"', client.get("/login/").text) == [HTMX]


def test_django_has_nothing_to_say_about_a_real_installation(tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CLOUDFLARE", "GATEWAY_DASH"))}
    environ = clean | REAL | {"GATEWAY_DASH_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gateway_dash.settings"}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
