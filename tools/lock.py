"""Pin what is installed: hashes, no address of where packages come from.

`requirements.lock` holds what users need and `requirements-dev.lock` what the tests need; both hold the
build backend, so that setting up asks for nothing that is not pinned.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": (),
    "requirements-dev.lock": ("dev",),
}


def compile_lock(target: str, extras: tuple[str, ...]) -> None:
    """Write one lock from pyproject.toml and the build backend."""
    chosen = [part for extra in extras for part in ("--extra", extra)]
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes",
        "--no-annotate", "--no-header", "--python-version", "3.11",
        "pyproject.toml", "tools/build.in", *chosen, "-o", target,
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True)
    text = (ROOT / target).read_text()
    if "://" in text:
        sys.exit(f"{target} names an address; it must not")


if __name__ == "__main__":
    for name, wanted in LOCKS.items():
        compile_lock(name, wanted)
