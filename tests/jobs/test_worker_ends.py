"""`manage.py worker` on SQLite: told to stop, it ends what it does, gives its job back and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_a_worker_that_is_told_to_stop_ends_within_twenty_seconds(tmp_path: Path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDFLARE_", "GATEWAY_DASH_"))}
    kept |= {"GATEWAY_DASH_DATA_DIR": str(tmp_path), "GATEWAY_DASH_SANDBOX_LOGS": "50"}
    kept |= {"DJANGO_SETTINGS_MODULE": "gateway_dash.settings", "DATABASE_URL": ""}
    command = [sys.executable, "manage.py"]
    subprocess.run([*command, "migrate", "--verbosity", "0"], cwd=ROOT, env=kept, check=True, timeout=100)
    worker = subprocess.Popen([*command, "worker"], cwd=ROOT, env=kept, stdout=subprocess.PIPE, text=True)
    try:
        assert worker.stdout
        assert worker.stdout.readline() == "The worker is ready.\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.communicate()
