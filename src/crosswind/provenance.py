"""What a result was made with: recorded beside it, never part of its id."""

import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

LIBRARIES = ("crosswind", "torch", "transformers", "tokenizers", "numpy", "polars", "regex", "budoux")


@cache
def made_by(device: str) -> Mapping[str, Any]:
    """Versions, revision of the source tree and machine, as they stand in every record."""
    return {
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in LIBRARIES},
        "git": git_revision(),
        "machine": f"{platform.system()} {platform.machine()}",
        "device": device,
    }


@cache
def git_revision() -> str:
    """The commit of crosswind's own source tree, `+changes` if it differs; empty for an installed package."""
    source = Path(__file__).parent
    try:
        revision = run_git(source, "rev-parse", "HEAD")
        return revision + ("+changes" if run_git(source, "status", "--porcelain", "--", ".") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def run_git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=5)
    return done.stdout.strip()
