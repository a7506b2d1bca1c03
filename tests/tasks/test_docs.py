"""docs/tasks.md is what the tasks say of themselves."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_is_that_of_the_records() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "task_table.py"))
    assert tool["page"]() == tool["TARGET"].read_text(encoding="utf-8"), "run python tools/task_table.py"
