"""How a generated table is committed: its body, and where it came from."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESOURCES = Path(__file__).parents[1] / "src/crosswind/resources"


def write(name: str, body: Mapping[str, Any], *, source: str, source_version: str = "") -> None:
    """Write `resources/NAME.json`, made by `tools/NAME.py` from data of the Unicode Consortium.

    The version is that of ICU where no other is said.
    """
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    meta = {
        "source": source,
        "source_version": source_version or of_icu(),
        "licence": "Unicode-3.0",
        "generator": f"tools/{name}.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sha256": digest,
    }
    target = RESOURCES / f"{name}.json"
    target.write_text(json.dumps({"meta": meta, "body": body}, indent=1) + "\n", "ascii")
    print(f"{target}: {len(body)} entries, {digest[:12]}")


def of_icu() -> str:
    """The version of ICU and of its Unicode."""
    import icu  # which tools that read other data do without

    return f"ICU {icu.ICU_VERSION}, Unicode {icu.UNICODE_VERSION}"
