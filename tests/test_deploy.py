"""The files of docs/deploy: what linters say of them, and what has to be true of each process that they start.

No engine runs here, so nothing of this was started; the image's commands are those of tests/test_wheel.py.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.unit.test_docs import variables_read

DEPLOY = Path(__file__).resolve().parent.parent / "docs" / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TOOLS = Path(sys.executable).parent


def lint(*arguments):
    done = subprocess.run([str(each) for each in arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def documents(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def pods():
    """Kind, name and pod of everything that starts one."""
    for path in MANIFESTS:
        for each in documents(path):
            if "template" in each.get("spec", {}):
                yield each, each["spec"]["template"]["spec"]


def compose():
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found, {name: each for name, each in found["services"].items() if each["image"] == "gateway-dash"}


# --- the image


def test_the_image_passes_its_linter():
    lint(TOOLS / "hadolint", "--failure-threshold", "style", DEPLOY / "Dockerfile")


def test_the_image_runs_as_nobody_on_the_versions_of_the_lock():
    text = (DEPLOY / "Dockerfile").read_text()
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "uv sync --frozen --no-dev" in text
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(images) == 2
    assert all(re.search(r":[\d.]+-slim-\w+$", image) for image in images)  # a version, never the latest
    for folder in re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE):
        assert (DEPLOY.parent.parent / folder).is_dir()


# --- Kubernetes


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_each_manifest_fits_its_schema(path):
    said = lint(TOOLS / "kubernetes-validate", "--strict", path)
    assert path.name == "kustomization.yaml" or "passed" in said
    assert path.name == "kustomization.yaml" or "WARN" not in said


def test_all_are_applied_but_the_example_of_secrets():
    (kustomization,) = documents(DEPLOY / "kubernetes" / "kustomization.yaml")
    rest = {path.name for path in MANIFESTS} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(kustomization["resources"]) == rest


def test_each_pod_is_nobody_and_can_write_only_where_it_has_to():
    found = list(pods())
    assert {each["kind"] for each, _ in found} == {"Deployment", "Job"}
    for each, pod in found:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            guarded = container["securityContext"]
            assert guarded["readOnlyRootFilesystem"] is True, each["metadata"]["name"]
            assert guarded["allowPrivilegeEscalation"] is False
            assert guarded["capabilities"] == {"drop": ["ALL"]}
            writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
            assert writable == {"/data", "/tmp"}  # noqa: S108 - a mount, not a file of ours
            assert "memory" in container["resources"]["limits"]


def test_there_are_two_servers_two_workers_and_one_migration():
    found = {each["metadata"]["name"]: (each, pod["containers"][0]) for each, pod in pods()}
    commands = {name: container["args"] for name, (_, container) in found.items()}
    assert commands == {f"gateway-dash-{name}": [name] for name in ("migrate", "web", "worker")}
    for name in ("web", "worker"):
        each, _ = found[f"gateway-dash-{name}"]
        assert each["spec"]["replicas"] == 2
        assert each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > 30  # 10 for answers, 20 for a step
    web = found["gateway-dash-web"][1]
    assert web["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert web["livenessProbe"]["httpGet"]["path"] == "/healthz"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):  # any other name is refused
        assert web[probe]["httpGet"]["httpHeaders"] == [{"name": "Host", "value": "localhost"}]


def test_what_pods_are_told_are_settings_and_each_secret_is_in_the_example():
    (settings,) = documents(DEPLOY / "kubernetes" / "settings.yaml")
    (secret,) = documents(DEPLOY / "kubernetes" / "secret.example.yaml")
    assert set(settings["data"]) <= variables_read()
    for _each, pod in pods():
        files = {each["name"]: each["value"] for each in pod["containers"][0]["env"]}
        assert set(files) <= variables_read()
        assert {value.removeprefix("/secrets/") for value in files.values()} == set(secret["stringData"])


# --- compose


def test_each_of_our_services_is_shut_in_and_told_only_what_there_is():
    whole, ours = compose()
    assert {name: each["command"] for name, each in ours.items()} == {
        name: [name] for name in ("migrate", "web", "worker")
    }
    for each in ours.values():
        assert each["read_only"] is True
        assert each["cap_drop"] == ["ALL"]
        assert set(each["environment"]) <= variables_read()
        assert set(each["secrets"]) <= set(whole["secrets"])
    assert ours["web"]["ports"] == ["127.0.0.1:8000:8000"]  # plain http: a proxy with TLS stands before it
    assert (DEPLOY / ours["web"]["build"]["context"] / ours["web"]["build"]["dockerfile"]).resolve().is_file()
    inside = {name for name, each in whole["services"].items() if each["networks"] == ["inside"]}
    assert inside == {"database", "cache"}
    assert whole["networks"]["inside"] == {"internal": True}


def test_nothing_starts_before_the_database_is_migrated():
    _whole, ours = compose()
    for name in ("web", "worker"):
        assert ours[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


# --- systemd


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_each_unit_starts_our_command_with_settings_that_there_are(path):
    text = path.read_text()
    assert re.search(r"^ExecStart=/opt/gateway-dash/bin/gateway-dash (run|web|worker)$", text, re.MULTILINE)
    named = set(re.findall(r"\b((?:GATEWAY_DASH|CLOUDFLARE)_[A-Z_]+)=", text))
    assert named
    assert named <= variables_read()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_each_unit_is_understood_and_shut_in(path, tmp_path):
    text = path.read_text().replace("/opt/gateway-dash/bin/gateway-dash", shutil.which("true") or "/bin/true")
    copy = tmp_path / path.name
    copy.write_text(text)
    said = subprocess.run(["systemd-analyze", "verify", copy], check=False, capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")
    level = lint("systemd-analyze", "security", "--offline=true", "--threshold=20", copy)
    assert "OK" in level.splitlines()[-1]
