"""Writes docs/tasks.md: what every published task says of itself, and where its files are looked for.

python tools/task_table.py
"""

from collections.abc import Iterator
from pathlib import Path

from crosswind import catalog
from crosswind.sources.published import Hub, Source, Wanted
from crosswind.tasks.published import PublishedTask

TARGET = Path(__file__).parents[1] / "docs/tasks.md"
CODE = "{code}"
SPLITS = ("test", "dev", "train")
HEAD = """# Published tasks

Written by `tools/task_table.py` from the tasks' own records; a test keeps it true.

Data are not part of crosswind. A task looks for its files below every folder that a study names, `[data] folders`,
then below those of the environment variable `CROSSWIND_DATA`, then on the Hugging Face hub at a commit. A folder may be
the download folder of XTREME's scripts, or hold the makers' own releases under the names given below. Copies whose
labels are held back, as XTREME's scripts leave most test sets, are passed over. Where no commit of a hub set was
confirmed yet, the study has to name one:

```toml
[data]
folders = ["/data/xtreme/download", "/data/releases"]
[data.revisions]
"facebook/xnli" = "40 hexadecimal digits"
```

Sizes are rows in each language, exact where they are known and else typical; they serve estimates alone. "Given away"
says whether the licence lets texts be shown in reports and passed on.

"""


def tasks() -> Iterator[tuple[str, PublishedTask]]:
    """The published tasks of the catalogue by name."""
    for name in catalog.FAMILIES["tasks"]:
        found = catalog.load("tasks", name)
        if issubclass(found, PublishedTask):
            yield name, found()


def table(found: list[tuple[str, PublishedTask]]) -> Iterator[str]:
    yield "| task | format | languages | train | dev | test | metric | learns from | licence | given away |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, task in found:
        sizes = [count(task, split) for split in ("train", "dev", "test")]
        licence = f"[{task.provenance.licence.partition(':')[0]}]({task.provenance.licence_url.partition(' ')[0]})"
        given = "yes" if task.provenance.redistributable else "no"
        taught = ", ".join(task.trains_on) or ("itself" if "train" in task.sizes else "nothing")
        cells = [name, task.format.name, str(len(task.languages)), *sizes, task.metric, taught, licence, given]
        yield f"| {' | '.join(cells)} |"


def count(task: PublishedTask, split: str) -> str:
    """How many rows a split has: one number, or the smallest and the largest."""
    if split not in task.sizes:
        return "-"
    sizes = {task.num_rows(code, split) for code in task.languages}
    return "–".join(f"{size:,}" for size in sorted({min(sizes), max(sizes)}))


def section(name: str, task: PublishedTask) -> Iterator[str]:
    told = task.provenance
    yield f"### {name}"
    yield f"{told.source}. {told.citation}. Licence: {told.licence}."
    yield f"- languages: {' '.join(task.languages)}"
    yield f"- translated: {told.translated}"
    yield f"- test labels: {told.test_labels}"
    yield f"- known: {told.issues}"
    yield "- looked for: " + "; ".join(dict.fromkeys(place(source, name, task) for source in task.sources))
    yield ""


def place(source: Source, name: str, task: PublishedTask) -> str:
    """Where a source would be, for the last of the splits that it has."""
    filled = {"round": "{round}", "version": "{version}", **task.spelled(CODE)}  # some tasks read others' sources
    wanted = (Wanted(name, CODE, split, spelled=filled) for split in SPLITS)
    first = next(each for each in wanted if source.has(each))
    if not isinstance(source, Hub):
        return f"`{source.told(first)}`"
    commit = f"at {source.revision[:12]}" if len(source.revision) == 40 else "at a commit that the study names"
    return f"the hub's `{source.id}` ({source.name(first)}) {commit}"


def page() -> str:
    """The whole page."""
    found = list(tasks())
    parts = {
        "Targets": [(name, task) for name, task in found if len(task.languages) > 1],
        "Before a target, in English": [(name, task) for name, task in found if len(task.languages) == 1],
    }
    text = HEAD
    for title, some in parts.items():
        text += f"## {title}\n\n" + "\n".join(table(some)) + "\n\n"
    text += "## One by one\n\n" + "\n".join(line for each in found for line in section(*each))
    return text.rstrip("\n") + "\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(TARGET)
