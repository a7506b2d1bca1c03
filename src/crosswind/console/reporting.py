"""What `crosswind report` writes, and where."""

from collections.abc import Iterator
from pathlib import Path

from crosswind.plan import Plan
from crosswind.store import Store

FOLDER = Path("reports")


def written(plan: Plan, store: Store, form: str, out: Path | None, other: Path | None) -> Iterator[str]:
    """Write the page, or tables and figures; yield what to tell."""
    from crosswind.report import beside, files
    from crosswind.report.page import write_report

    name = plan.study.name
    compared = beside.opened(plan, store, other) if other else None
    if form == "html":
        path = page_path(out, name)
        write_report(plan, store, path, compared)
        yield str(path.resolve())
        return
    folder = out or FOLDER / f"{name}-{form}"
    if folder.is_file():
        raise ValueError(f"{folder} is a file; --format {form} writes a folder of tables and figures")
    count = sum(1 for _ in files.write_files(plan, store, form, folder))
    if compared:
        table = beside.frame(compared)
        for path, text in files.written(files.Told.plain(table), form, folder / "beside"):
            path.write_text(text, encoding="utf-8")
            count += 1
    yield f"{count} files in {folder.resolve()}"


def page_path(out: Path | None, name: str) -> Path:
    """Where the page goes: a file of that name, or the study's own name in a folder."""
    if out is None:
        return FOLDER / f"{name}.html"
    return out / f"{name}.html" if out.is_dir() or not out.suffix else out
