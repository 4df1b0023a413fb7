"""A copy of all that this dashboard keeps, made while it runs; and the way back into an empty place.

The database comes first and the archives after it: a file that the database names was put away before it was named, so
no copy names one that it does not hold. The secret key is not in it: whoever has both can read second factors.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.utils import timezone

from gateway_dash.bulk import files, gates
from gateway_dash.bulk.models import Entry, Job
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.models import AuditHead
from gateway_dash.upkeep import database
from gateway_dash.upkeep.manifest import BadCopy, CopiedFile, Manifest

ARCHIVES = "archives"
OPERATOR = "the operator"


def back_up(folder: Path, *, with_archives: bool) -> Manifest:
    """Write a copy into a folder that is not there yet, or empty. Raises BadCopy with what to do.

    Who calls this sets the umask: a copy holds what logs said.
    """
    if database.is_empty():
        raise BadCopy("The database has no tables: there is nothing to copy. Is DATABASE_URL the right one?")
    if folder.exists() and any(folder.iterdir()):
        raise BadCopy(f"{folder} is not empty: name a new folder for each copy.")
    folder.mkdir(parents=True, exist_ok=True)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    head = AuditHead.objects.filter(pk=1).first()  # before the copy, which holds this entry or more
    database.dump(folder / database.file_name())
    names, where = _copy_archives(folder) if with_archives else ([], "left out, as was asked")
    manifest = Manifest(
        made_at=made_at,
        engine=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations),
        audit=f"{head.number}:{head.digest}" if head and head.number else "",
        archives=where,
        files=[CopiedFile.of(folder, name) for name in [database.file_name(), *names]],
    )
    manifest.write(folder)
    return manifest


def _copy_archives(folder: Path) -> tuple[list[str], str]:
    """Names below the folder, and in words where the archives are."""
    store = files.archives()
    if not isinstance(store, FileSystemStorage):
        return [], "in their bucket, which has to be copied by itself"
    root = Path(store.location)
    names = []
    for path in sorted(each for each in root.rglob("*") if each.is_file()):
        name = f"{ARCHIVES}/{path.relative_to(root).as_posix()}"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, folder / name)
        except FileNotFoundError:
            continue  # an export whose days were over in this moment
        names.append(name)
    return names, f"{len(names):,} files"


def put_back(folder: Path) -> Manifest:
    """Bring a copy into a database without tables. Raises BadCopy, and then nothing was changed."""
    manifest = Manifest.read(folder)
    _check(folder, manifest)
    database.load(folder / database.file_name())
    _put_archives_back(folder, manifest)
    call_command("migrate", verbosity=0)
    _hold_still(manifest)
    return manifest


def _check(folder: Path, manifest: Manifest) -> None:
    if wrong := list(manifest.differences(folder)):
        raise BadCopy("The copy is damaged: " + " ".join(wrong[:5]))
    if manifest.engine != connection.vendor:
        raise BadCopy(f"This is a copy of {manifest.engine}, and DATABASE_URL names {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    if newer := sorted(set(manifest.migrations) - known):
        raise BadCopy(f"A newer version made this copy; this one does not know {', '.join(newer[:3])}.")
    if not database.is_empty():
        raise BadCopy(
            "The database has tables already, and nothing is written over them. Name an empty one by DATABASE_URL, or "
            "a new folder by GATEWAY_DASH_DATA_DIR."
        )


def _put_archives_back(folder: Path, manifest: Manifest) -> None:
    store = files.archives()
    for each in manifest.files:
        kind, _, name = each.name.partition("/")
        if kind == ARCHIVES and name and not store.exists(name):
            with (folder / each.name).open("rb") as file:
                store.save(name, File(file))


def _hold_still(manifest: Manifest) -> None:
    """What was under way then may have been stopped since, and deleted more since: a person has to look first."""
    why = f"Restored from a copy of {manifest.made_at}: what happened since is not known here."
    for job in Job.objects.filter(state=Job.State.ACTIVE):
        Entry.objects.create(job=job, fence=job.fence + 1, phase=job.phase, words=why, level="warn")
    Job.objects.filter(state=Job.State.ACTIVE).update(
        state=Job.State.HALTED, problem=why, lease_owner="", lease_until=None, fence=F("fence") + 1,
        phase_at=timezone.now(),
    )  # fmt: skip
    gates.close_once(gates.ACCOUNT, OPERATOR, why)
    audit.record(OPERATOR, Event.RESTORED, made_at=manifest.made_at, ended_with=manifest.audit)
