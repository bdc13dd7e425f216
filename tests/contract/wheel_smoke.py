"""The wheel holds all it needs: built, unpacked elsewhere, it publishes a file and renders a page.

Run by `make check`. The wheel's packages come first on the path, so nothing of the checkout is used.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

SCRIPT = """
import json, os, pathlib, subprocess, sys
import catalog, gateway, negative_list, privacy, quality, samples
wheel = pathlib.Path(sys.argv[1])
for package in (catalog, gateway, negative_list, privacy, quality, samples):
    assert pathlib.Path(package.__file__).is_relative_to(wheel), package.__file__
    assert (pathlib.Path(package.__file__).parent / "py.typed").exists(), package
from fastapi.testclient import TestClient
from gateway.app import create_app
from gateway.settings import ServeSettings
run = [sys.executable, "-c", "from gateway.cli import main; main()"]
sent = "编号,站名\\n001,甲\\n002,乙\\n".encode()
done = subprocess.run([*run, "publish", "-", "--dataset", "smoke", "--title", "T", "--theme", "other", "--yes", "--json"],
                      input=sent, capture_output=True)
assert done.returncode == 0, done.stderr.decode()
with TestClient(create_app(ServeSettings())) as client:
    for path in ("/", "/counts", "/datasets/smoke", "/api/v1/datasets/smoke/records", "/api/v1/negative-list"):
        assert client.get(path).status_code == 200, path
"""


def main() -> None:
    """Build, unpack, run; raises when anything is missing."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, str(ROOT)]
        subprocess.run(build, check=True)
        (wheel,) = place.glob("*.whl")
        unpacked = place / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
        environment = {**os.environ, "PYTHONPATH": str(unpacked), "KAIZHA_HOME": str(place / "home")}
        command = [sys.executable, "-c", SCRIPT, str(unpacked)]
        subprocess.run(command, check=True, cwd=place, env=environment)
    sys.stdout.write("wheel: complete\n")


if __name__ == "__main__":
    main()
