"""Verbs of a study: look at it, run it, see how far it is."""

import sys
from pathlib import Path

import click

from crosswind.verbs.wording import store_option, study_argument, told_plainly

INTERRUPTED = 130


@click.command()
@study_argument
@told_plainly
def check(study: Path) -> None:
    """Say everything that is wrong with a study file."""
    from crosswind.plan import make_plan
    from crosswind.refusals import repeated_data
    from crosswind.study_file import load_study

    planned = make_plan(load_study(study))
    click.echo(
        f"{study}: {planned.study.name} is in order: {planned.count('train')} trainings, {len(planned.cells)} cells"
    )
    for warning in repeated_data(planned.study):
        click.echo(warning)


@click.command()
@study_argument
@store_option
@told_plainly
def plan(study: Path, store_path: Path) -> None:
    """Show the stages of a study, what they share, and what they will cost."""
    from crosswind.console.outline import outline
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    for line in outline(make_plan(load_study(study)), Store(store_path)):
        click.echo(line)


@click.command()
@study_argument
@store_option
@click.option(
    "--workers", type=click.IntRange(min=1), help="Processes; by default one per core, one on a machine with a GPU."
)
@click.option("--threads", type=click.IntRange(min=1), help="Threads per process; by default cores / workers.")
@click.option(
    "--device", default="auto", show_default=True, help="cpu, cuda, cuda:1, ...; auto takes a GPU if there is one."
)
@click.option(
    "--microbatch", type=click.IntRange(min=1), help="Examples per forward pass, for small memories; changes no result."
)
@told_plainly
def run(
    study: Path, store_path: Path, workers: int | None, threads: int | None, device: str, microbatch: int | None
) -> None:
    """Make every stage of a study that the store lacks."""
    from crosswind.console.running import crew, execute, told_summary
    from crosswind.losses import told
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    planned, store = make_plan(load_study(study)), Store(store_path)
    summary = execute(planned, store, crew(planned, workers, threads, device, microbatch))
    for line in (*told_summary(summary), *told(planned, store)):
        click.echo(line)
    if summary.stopped:
        sys.exit(INTERRUPTED)
    if summary.broken:
        sys.exit(1)


@click.command()
@study_argument
@store_option
@told_plainly
def status(study: Path, store_path: Path) -> None:
    """Show how much of a study is done, being made, failed or missing."""
    from crosswind.console.outline import standing
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    for line in standing(make_plan(load_study(study)), Store(store_path)):
        click.echo(line)


@click.command()
@click.argument("stage")
@click.option("--study", "study_path", type=click.Path(path_type=Path), help="Look the stage up in this study too.")
@store_option
@told_plainly
def explain(stage: str, study_path: Path | None, store_path: Path) -> None:
    """Show what a stage is, and how it differs from the nearest finished one. STAGE is an id or the start of one."""
    from crosswind.console.explain import explained
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    planned = make_plan(load_study(study_path)) if study_path else None
    for line in explained(stage, Store(store_path), planned):
        click.echo(line)
