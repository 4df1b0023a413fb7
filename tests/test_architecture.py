"""The rules of the house that nobody sees in one file. More import rules stand in pyproject.toml, for importlinter."""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "gateway_dash"
MODULE_LINES = 280
FUNCTION_LINES = 40

# Where each rule does not hold, and why. Paths are relative to the project.
MAY_READ_SETTINGS = {"gateway_dash/settings.py", "gateway_dash/upstream.py"}
MAY_READ_THE_ENVIRONMENT = {
    "gateway_dash/settings.py",
    "gateway_dash/launch.py",  # decides on a port before there are settings
    "gateway_dash/wsgi.py",  # names the settings module
    "gateway_dash/cli.py",  # and so does this
    "gateway_dash/asgi.py",
    "gateway_dash/upkeep/database.py",  # hands it on to pg_dump
    "gateway_dash/sandbox/__main__.py",  # a program of its own, which must not know our settings
}
MAY_SPEAK_HTTP = {
    "gateway_dash/upstream.py",  # chooses the transport
    "gateway_dash/launch.py",  # asks its own /healthz
}


def sources(folder: Path = PACKAGE) -> Iterator[tuple[str, ast.Module, str]]:
    """Path, tree and text of each module, but not of migrations, which Django writes."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            text = path.read_text(encoding="utf-8")
            yield path.relative_to(PROJECT).as_posix(), ast.parse(text), text


def texts(folder: str, *suffixes: str) -> Iterator[tuple[str, str]]:
    for path in sorted((PROJECT / folder).rglob("*")):
        if path.suffix in suffixes and "vendor" not in path.parts:
            yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")


def imports(tree: ast.Module, path: str) -> Iterator[tuple[int, str]]:
    """Line and full name of each module that is imported, wherever in the file; relative names made absolute."""
    package = Path(path).with_suffix("").parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*start, *([node.module] if node.module else [])))
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def is_in(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_the_sandbox_imports_only_the_standard_library():
    offences = [
        f"{path}:{line} imports {name}"
        for path, tree, _ in sources(PACKAGE / "sandbox")
        for line, name in imports(tree, path)
        if name.split(".")[0] not in sys.stdlib_module_names and not is_in(name, "gateway_dash.sandbox")
    ]
    assert not offences, "The sandbox is a witness: it shares no code with what it tests."


def test_settings_are_read_in_two_places():
    offences = [
        f"{path}:{node.lineno} reads settings.{node.attr}"
        for path, tree, _ in sources()
        if path not in MAY_READ_SETTINGS and "django.conf.settings" in {name for _, name in imports(tree, path)}
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
        if node.attr != "AUTH_USER_MODEL"  # how Django wants foreign keys to users written
    ]
    assert not offences, "Pass the value in, or ask upstream.py."


def test_the_environment_is_read_in_settings_alone():
    offences = [
        f"{path}:{line} imports {name}" if name != "os" else f"{path}:{line} uses os.environ"
        for path, tree, text in sources()
        if path not in MAY_READ_THE_ENVIRONMENT
        for line, name in imports(tree, path)
        if name in {"os.environ", "os.getenv"} or (name == "os" and re.search(r"\bos\.(environ|getenv)\b", text))
    ]
    assert not offences, "A setting belongs into settings.py, where a wrong value stops the start."


def test_http_is_spoken_in_the_gateway_alone():
    offences = [
        f"{path}:{line} imports {name}"
        for path, tree, _ in sources()
        if not path.startswith(("gateway_dash/gateway/", "gateway_dash/sandbox/")) and path not in MAY_SPEAK_HTTP
        for line, name in imports(tree, path)
        if is_in(name, "httpx", "requests", "urllib3", "urllib.request", "http.client")
    ]
    assert not offences, "Every call to the outside goes through gateway/."


def sends_delete(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return node.value == "DELETE"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delete":
        return "client" in ast.unparse(node.func.value)
    return False


def test_only_the_gateway_deletes():
    offences = [
        f"{path}:{getattr(node, 'lineno', 0)} {ast.unparse(node)}"
        for path, tree, _ in sources()
        if not path.startswith(("gateway_dash/gateway/", "gateway_dash/sandbox/"))
        for node in ast.walk(tree)
        if sends_delete(node)
    ]
    assert not offences, "A deletion is a previewed selection: LogService.delete, nothing beside it."


def test_modules_and_functions_stay_short():
    offences = [
        f"{path} has {lines} lines, more than {MODULE_LINES}"
        for path, _, text in sources()
        if (lines := len(text.splitlines())) > MODULE_LINES
    ]
    offences += [
        f"{path}:{node.lineno} {node.name} has {lines} lines, more than {FUNCTION_LINES}"
        for path, tree, _ in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    ]
    assert not offences, "Find the two things in it and give each a name."


# --- No way for the text of a log to become markup or code ------------------------------------------------------------

UNSAFE_PYTHON = re.compile(
    r"\b(mark_safe|format_html\w*|SafeString|SafeText|html_safe|__html__)\b|\bautoescape\s*=\s*False"
)
UNSAFE_SCRIPT = re.compile(
    r"\b(innerHTML|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|srcdoc)\b|\bouterHTML\s*\+?="
    r"|\b(eval|Function|document\.writeln?)\s*\(|\bset(Timeout|Interval)\s*\(\s*['\"`]"
)
UNSAFE_TEMPLATE = {
    "switches escaping off": re.compile(r"\|\s*safe(seq)?\b|\bautoescape\s+(?!on\b)|\bMarkup\b"),
    "has an attribute without quotes": re.compile(r"\s[\w-]+=\{\{"),
    "has a style attribute or element": re.compile(r"[\s\"']style\s*=|<style\b", re.IGNORECASE),
    "has an inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)|<script\b[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "has an inline handler": re.compile(r"<[^<>]*[\s\"'](hx-)?on[a-z:-]+\s*=|\bjavascript:", re.IGNORECASE),
}
TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.DOTALL)


def unsafe_python(text: str) -> list[str]:
    return [match[0] for match in UNSAFE_PYTHON.finditer(text)]


def unsafe_script(text: str) -> list[str]:
    return [match[0] for match in UNSAFE_SCRIPT.finditer(text)]


def unsafe_template(text: str) -> list[str]:
    without_comments = TEMPLATE_COMMENT.sub("", text)
    return [what for what, pattern in UNSAFE_TEMPLATE.items() if pattern.search(without_comments)]


MAY_BE_UNSAFE = {
    # icon(): an SVG around a name of ours; format_html escapes what it is given
    "gateway_dash/web/templatetags/dash.py": {"format_html", "SafeString"},
}


@pytest.mark.parametrize(
    ("folder", "suffixes", "check"),
    [
        ("gateway_dash", (".py",), unsafe_python),
        ("static", (".js", ".mjs"), unsafe_script),
        ("templates", (".html", ".jinja", ".svg", ".txt"), unsafe_template),
    ],
)
def test_nothing_turns_text_into_markup_or_code(
    folder: str, suffixes: tuple[str, ...], check: Callable[[str], list[str]]
):
    offences = [
        f"{path}: {found}"
        for path, text in texts(folder, *suffixes)
        for found in check(text)
        if found not in MAY_BE_UNSAFE.get(path, ())
    ]
    assert not offences, "Bodies of logs are hostile text, and the CSP allows nothing inline."


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (unsafe_python, "return mark_safe(body)"),
        (unsafe_python, "format_html_join('', '{}', rows)"),
        (unsafe_script, "row.innerHTML = text"),
        (unsafe_script, "row.outerHTML += text"),
        (unsafe_script, "eval (text)"),
        (unsafe_script, "setTimeout('go()', 1)"),
        (unsafe_template, "{{ body | safe }}"),
        (unsafe_template, "{% autoescape off %}"),
        (unsafe_template, "{%- autoescape false -%}"),
        (unsafe_template, "{%- autoescape some_flag -%}"),
        (unsafe_template, "{{ Markup(body) }}"),
        (unsafe_template, "<a title={{ body }}>"),
        (unsafe_template, '<p style="color: red">'),
        (unsafe_template, '<p class="a"style="color: red">'),
        (unsafe_template, "<script>go()</script>"),
        (unsafe_template, '<script src="a.js">go()</script>'),
        (unsafe_template, "<button onclick=go()>"),
        (unsafe_template, '<div\n  hx-on:click="go()">'),
        (unsafe_template, '<a href="javascript:go()">'),
    ],
)
def test_the_guard_sees(check: Callable[[str], list[str]], text: str):
    assert check(text)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (unsafe_script, 'row.textContent = text; swap = "outerHTML"'),
        (unsafe_template, '<form hx-swap="outerHTML" hx-get="/?on=1">{# never |safe #}</form>'),
        (unsafe_template, '<script src="{% static "js/dash.js" %}" type="module"></script>'),
        (unsafe_template, "<p>one = two, on = off</p>"),
    ],
)
def test_the_guard_lets_pass(check: Callable[[str], list[str]], text: str):
    assert not check(text)


# --- The project speaks of itself alone -------------------------------------------------------------------------------

ELSEWHERE = tuple("/" + place for place in ("root/", "opt/pypi", "work/"))  # spelled so that this file passes too
NOT_OURS = {
    ".git",
    ".venv",
    ".cache",
    ".ruff_cache",
    ".hypothesis",
    "__pycache__",
    "node_modules",
    "data",
    "staticfiles",
}


def written_files() -> Iterator[Path]:
    for folder, folders, names in os.walk(PROJECT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        yield from (Path(folder, name) for name in sorted(names))


def test_no_file_names_the_machine_it_was_written_on():
    offences = []
    for path in written_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a font
        offences += [f"{path.relative_to(PROJECT)}: {place}" for place in ELSEWHERE if place in text]
    assert not offences


def test_the_lock_names_one_index():
    lock = (PROJECT / "uv.lock").read_text(encoding="utf-8")
    hosts = set(re.findall(r"(?:registry|url) = \"([a-z]+://[^/\"]+)", lock))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}
