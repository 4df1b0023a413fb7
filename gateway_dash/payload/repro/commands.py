"""The call as something that runs: curl, Python with httpx, JavaScript with fetch. Hostile text stays in quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from .bodies import Outgoing
from .target import Header, Target

ARGUMENT_BYTES = 96 * 1024  # Linux takes no argument longer than 128 KB; quotes inside make it longer
METHOD = "POST"


def curl(target: Target, body: Outgoing, *, is_streamed: bool = False) -> str:
    """A command for bash or zsh. The body is sent byte for byte."""
    lines = [f"curl{' --no-buffer' if is_streamed else ''} --request {METHOD} {shell(target.url)}"]
    lines += [f"  --header {_shell_header(each)}" for each in target.headers]
    before = ""
    if body.is_file:
        lines.append(f"  --data-binary @{body.file_name}")
    elif len(body.data) <= ARGUMENT_BYTES:
        lines.append(f"  --data-raw {shell(body.data.decode('ascii'))}")
    else:
        before = f"printf '%s' {shell(body.data.decode('ascii'))} |\n"
        lines.append("  --data-binary @-")
    return before + " \\\n".join(lines) + "\n"


def shell(text: str) -> str:
    """The text as one word of a shell, whatever is in it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _shell_header(header: Header) -> str:
    if not header.key:
        return shell(f"{header.name}: {header.value}")
    return f'"{header.name}: {header.value.format(f"${header.key}")}"'  # nothing in it comes from a log


def python(target: Target, body: Outgoing, *, is_streamed: bool = False) -> str:
    """A script for Python with httpx."""
    parts = ["import os\n"]
    parts += ["from pathlib import Path\n"] if body.is_beside else []
    parts += ["\nimport httpx\n\n", f"URL = {target.url!r}\n", python_headers(target), python_body("BODY", body), "\n"]
    if is_streamed:
        parts.append(
            f"with httpx.stream({METHOD!r}, URL, headers=HEADERS, content=BODY, timeout=120) as answer:\n"
            "    print(answer.status_code)\n"
            "    for line in answer.iter_lines():\n"
            "        print(line)\n"
        )
    else:
        parts.append(
            f"answer = httpx.request({METHOD!r}, URL, headers=HEADERS, content=BODY, timeout=120)\n"
            "print(answer.status_code)\n"
            "print(answer.text)\n"
        )
    return "".join(parts)


def python_headers(target: Target, *, with_keys: bool = True) -> str:
    """The headers as a dictionary; keys come from the environment."""
    lines = []
    for each in target.headers:
        if not each.key:
            lines.append(f"    {each.name!r}: {each.value!r},\n")
        elif with_keys:
            value = each.value.format(f"{{os.environ['{each.key}']}}")
            lines.append(f'    {each.name!r}: f"{value}",\n')
    return f"HEADERS = {{\n{''.join(lines)}}}\n"


def python_body(name: str, body: Outgoing) -> str:
    """The bytes as a literal of many lines, or read from the file beside it."""
    if body.is_beside:
        return f"{name} = Path(__file__).with_name({body.file_name!r}).read_bytes()\n"
    lines = [repr(line) for line in body.data.splitlines(keepends=True)] or ["b''"]
    if len(lines) == 1:
        return f"{name} = {lines[0]}\n"
    return f"{name} = (\n{''.join(f'    {line}\n' for line in lines)})\n"


def javascript(target: Target, body: Outgoing, *, is_streamed: bool = False) -> str:
    """A module for Node.js 18 or later, without a package."""
    parts = ['import { readFile } from "node:fs/promises";\n\n'] if body.is_file else []
    parts.append(f"const url = {json.dumps(target.url)};\n")
    parts.append(f"const headers = {{\n{''.join(_script_headers(target))}}};\n")
    parts.append(_script_body(body))
    parts.append(f'\nconst answer = await fetch(url, {{ method: "{METHOD}", headers, body }});\n')
    parts.append("console.log(answer.status);\n")
    if is_streamed:
        parts.append("for await (const part of answer.body) process.stdout.write(part);\n")
    else:
        parts.append("console.log(await answer.text());\n")
    return "".join(parts)


def _script_headers(target: Target) -> Iterator[str]:
    for each in target.headers:
        value = f"`{each.value.format(f'${{process.env.{each.key}}}')}`" if each.key else json.dumps(each.value)
        yield f"  {json.dumps(each.name)}: {value},\n"


def _script_body(body: Outgoing) -> str:
    if body.is_file:
        return f"const body = await readFile(new URL({json.dumps(body.file_name)}, import.meta.url));\n"
    lines = re.findall(r"[^\n]*\n|[^\n]+", body.data.decode("ascii")) or [""]
    return "const body =\n" + " +\n".join(f"  {json.dumps(line)}" for line in lines) + ";\n"
