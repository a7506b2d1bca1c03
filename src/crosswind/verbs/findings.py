"""Verbs of what a study has found: its numbers, its claims, its report."""

from pathlib import Path

import click

from crosswind.verbs.wording import out_option, store_option, study_argument, table_option, told_plainly


@click.command()
@study_argument
@store_option
@click.option(
    "--table", type=click.Choice(["scores", "outcomes", "votes", "certificates"]), default="scores", show_default=True
)
@table_option
@out_option
@told_plainly
def results(study: Path, store_path: Path, table: str, form: str, out: Path | None) -> None:
    """Print or write the results of a study as a tidy table."""
    from crosswind import results as tables
    from crosswind import voted
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    make = {
        "scores": tables.scores,
        "outcomes": tables.outcomes,
        "votes": voted.votes,
        "certificates": voted.certificates,
    }[table]
    tables.write(make(make_plan(load_study(study)), Store(store_path)), form, out)


@click.command()
@study_argument
@store_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default one per core.")
@table_option
@out_option
@told_plainly
def probe(study: Path, store_path: Path, workers: int | None, form: str, out: Path | None) -> None:
    """Show what a study's perturbations change and what of it its encoder can tell, before any model is trained."""
    from crosswind.console.probed import WIDE, probed
    from crosswind.plan import make_plan
    from crosswind.results import write
    from crosswind.store import Store
    from crosswind.study_file import load_study

    write(probed(make_plan(load_study(study)), Store(store_path), workers), form, out, WIDE)


@click.command()
@study_argument
@store_option
@click.option(
    "--format", "form", type=click.Choice(["table", "markdown", "csv", "json"]), default="table", show_default=True
)
@out_option
@told_plainly
def claims(study: Path, store_path: Path, form: str, out: Path | None) -> None:
    """Judge every claim of a study on whatever is finished: supported, refuted or inconclusive, and why."""
    from crosswind.console.claimed import told
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    text = told(make_plan(load_study(study)), Store(store_path), form)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


@click.command()
@study_argument
@store_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "latex", "markdown", "csv"]),
    default="html",
    show_default=True,
    help="One page, or a folder with tables of this kind and figures as SVG, PDF and PNG.",
)
@click.option("--out", type=click.Path(path_type=Path), help="The page or the folder; by default in reports/.")
@click.option(
    "--with",
    "other",
    type=click.Path(path_type=Path, exists=True),
    help="Show it beside another study (its file), or beside the same study in another store (its folder).",
)
@told_plainly
def report(study: Path, store_path: Path, form: str, out: Path | None, other: Path | None) -> None:
    """Write what is finished: one self-contained HTML page, or tables and figures for a paper."""
    from crosswind.console.reporting import written
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    for line in written(make_plan(load_study(study)), Store(store_path), form, out, other):
        click.echo(line)
