"""The documents say what the code does: what they list is complete, and what they name is there."""

import ast
import re
import tomllib
from dataclasses import fields
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from django.http import QueryDict
from django.urls import URLPattern, get_resolver

from gateway_dash.gateway import reading
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.vocabulary import VOCABULARY
from gateway_dash.sandbox import Options
from gateway_dash.sandbox.filters import KEYS
from tests.load.__main__ import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = ROOT / "README.md"
READERS = (  # of the environment
    "gateway_dash/environment.py",
    "gateway_dash/environment_addresses.py",
    "gateway_dash/environment_signin.py",
    "gateway_dash/environment_telemetry.py",
    "gateway_dash/ways_in.py",
    "gateway_dash/launch.py",
)
CODE = re.compile(r"`([^`]+)`")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def rows(path: Path, head: str) -> list[list[str]]:
    """The cells of the one table whose first head this is."""
    tables = [table for table in re.findall(r"(?:^\|.*\n)+", text_of(path), re.MULTILINE) if cells(table)[0][0] == head]
    assert len(tables) == 1, f"{len(tables)} tables in {name(path)} begin with {head!r}"
    return cells(tables[0])[2:]


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]


def codes(cell: str) -> list[str]:
    """What stands between backticks."""
    return CODE.findall(cell)


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name)


# --- README: settings


def variables_read() -> set[str]:
    """Every environment variable that the code asks for, with the _FILE form of the secrets."""
    found = set()
    for path in READERS:
        for node in ast.walk(ast.parse(text_of(ROOT / path))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).endswith("setdefault"):
                continue
            said = ast.unparse(node)
            asked = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if "environ" in said.split("(")[0] or any(ast.unparse(each) == "environ" for each in node.args):
                names = {each for each in asked if re.fullmatch(r"[A-Z][A-Z0-9_]+", each)}
                found |= names
                found |= {f"{each}_FILE" for each in names if ast.unparse(node.func) == "_secret"}
    return found


def test_every_setting_stands_in_the_readme_and_no_other():
    listed = [code for row in rows(README, "variable") for code in codes(row[0])]
    assert len(listed) == len(set(listed))
    assert {"CLOUDFLARE_API_TOKEN_FILE", "PORT", "GATEWAY_DASH_DELETION"} <= variables_read()
    assert set(listed) == variables_read()


# --- README: the address of a list


def test_every_filter_stands_in_the_readme_with_its_comparisons():
    listed = {codes(row[0])[0]: codes(row[3]) for row in rows(README, "field")}
    assert listed == {
        word.name: [word.name + operator.suffix for operator in word.kind.operators] for word in VOCABULARY.values()
    }


def test_every_other_parameter_stands_in_the_readme():
    filters = {word.name + operator.suffix for word in VOCABULARY.values() for operator in word.kind.operators}
    listed = {code for row in rows(README, "parameter") for code in codes(row[0])}
    assert listed == set(reading.known_names()) - filters


def test_sort_keys_and_limits_are_those_of_the_code():
    about = {codes(row[0])[0]: row[1] for row in rows(README, "parameter")}
    assert [code.lstrip("-") for code in codes(about["sort"]) if code not in ("-", "-created_at")] == list(
        reading.SORT_KEYS
    )
    assert codes(about["per_page"]) == [str(size) for size in reading.PAGE_SIZES]
    limits = f"{reading.FILTERS_LIMIT} filters, {reading.VALUES_LIMIT} values in each, 500 characters in a value"
    assert limits in " ".join(text_of(README).split())


@pytest.mark.parametrize("row", rows(README, "address"), ids=lambda row: row[0])
def test_an_example_lists_what_it_says(row):
    address = codes(row[0])[0]
    query = LogQuery.read(QueryDict(address.removeprefix("?")))
    assert words(query) == unescape(row[1])
    assert query.spelled() == parse_qsl(address.removeprefix("?"))  # and it is the one spelling


def test_the_sandbox_knows_every_filter_that_can_be_asked():
    assert {word.key for word in VOCABULARY.values()} == set(KEYS) - {"created_at"}


def test_every_switch_of_the_sandbox_stands_in_the_readme():
    listed = [codes(row[0])[0] for row in rows(README, "switch")]
    assert listed == [f"--{field.name.replace('_', '-')}" for field in fields(Options)]


# --- architecture, decisions, security


def addresses() -> dict[str, str]:
    """Each URL name with its address as people write it: `/gateways/<gateway>/logs/`."""
    patterns = [each for each in get_resolver("gateway_dash.urls").url_patterns if isinstance(each, URLPattern)]
    return {str(each.name): "/" + re.sub(r"<\w+:(\w+)>", r"<\1>", str(each.pattern)) for each in patterns}


def test_every_address_stands_in_the_table_of_pages():
    listed = {codes(row[1])[0]: codes(row[0])[0] for row in rows(ROOT / "docs" / "architecture.md", "address")}
    assert listed == addresses()


def test_the_drawing_shows_every_room():
    drawn = re.findall(r'<text class="t"[^>]*>([^<]+)<', text_of(ROOT / "docs/pictures/architecture.svg"))
    rooms = {path.parent.name for path in (ROOT / "gateway_dash").glob("*/__init__.py")}
    assert rooms <= set(drawn)


def test_every_dependency_has_its_reason():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    wanted = list(project["project"]["dependencies"])
    for group in project["dependency-groups"].values():
        wanted += [each for each in group if isinstance(each, str)]
    listed = {codes(row[0])[0]: row[1] for row in rows(ROOT / "docs" / "decisions.md", "dependency")}
    assert set(listed) == {re.split(r"[\[<>=~!; ]", each)[0] for each in wanted}
    assert all(listed.values())


@each(DOCUMENTS)
def test_every_test_that_a_document_names_is_there(path):
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(path))
    assert name(path) != "docs/security.md" or len(named) > 20
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).is_file() or not re.search(rf"^\s*def {test}\(", text_of(ROOT / file), re.MULTILINE)
    ]
    assert missing == []


def test_every_run_that_a_document_names_is_there():
    for path in DOCUMENTS:
        assert set(re.findall(r"\./run load (?!--)(\w+)", text_of(path))) <= set(SCENARIOS), name(path)


def test_every_fault_of_the_upstream_is_seen_in_a_test_or_a_run():
    listed = rows(ROOT / "docs" / "reliability.md", "fault")
    faults = {row[0] for row in listed}
    assert len(faults) == 22
    for fault in faults:
        places = {row[1] for row in listed if row[0] == fault}
        assert places <= {"list", "log, body", "change", "export", "deletion", "never"}
        assert "never" in places
    unseen = [row[:3] for row in listed if not re.search(r"`tests/[\w/]+\.py::\w+`|`\./run load \w+`", row[3])]
    assert [row for row in unseen if row[2] != "does not concern it"] == []


def test_the_headers_are_those_of_the_document(client):
    block = re.search(r"```\n(Content-Security-Policy:.*?)```", text_of(ROOT / "docs" / "security.md"), re.DOTALL)
    assert block
    listed = re.sub(r"\n +", " ", block[1]).strip().splitlines()
    answer = client.get("/healthz")
    assert listed == [f"{header}: {answer.get(header)}" for header, _, _ in (line.partition(":") for line in listed)]


# --- all documents


@each(DOCUMENTS)
def test_every_link_leads_to_a_file(path):
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(path))
    missing = [target for target in targets if "://" not in target and not (path.parent / target).is_file()]
    assert missing == []


@each(DOCUMENTS)
def test_every_path_that_a_document_names_is_there(path):
    folders = "gateway_dash|templates|static|tests|docs|.ci"
    named = {each.rstrip("/") for each in codes(text_of(path)) if re.fullmatch(rf"(?:{folders})/[\w./-]*\w/?", each)}
    missing = {each for each in named if not (ROOT / each).exists()}
    assert missing == set()


@each(DOCUMENTS)
def test_every_command_that_a_document_names_is_there(path):
    run, makefile = text_of(ROOT / "run"), text_of(ROOT / "Makefile")
    known = set(re.findall(r"^  (\w+) {2,}\S", run, re.MULTILINE))
    assert {"app", "test", "manage"} <= known
    assert set(re.findall(r"\./run (\w+)", text_of(path))) <= known
    assert set(re.findall(r"[`\n] *make (\w+)", text_of(path))) <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))
    commands = {each.stem for each in ROOT.glob("gateway_dash/*/management/commands/*.py")} | {
        "migrate",
        "createsuperuser",
        "changepassword",
        "clearsessions",
        "makemigrations",
    }
    assert set(re.findall(r"\./run manage (\w+)", text_of(path))) <= commands


def test_the_version_has_its_place_in_the_changelog():
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## .*{re.escape(version)}", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
