"""The command line: the verbs, and nothing else. Slow libraries are imported by the verb that needs them."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

USER_ERROR = 2
INTERRUPTED = 130

study_argument = click.argument("study", type=click.Path(path_type=Path))
store_option = click.option(
    "--store",
    "store_path",
    type=click.Path(file_okay=False, path_type=Path),
    default=".crosswind",
    envvar="CROSSWIND_STORE",
    show_default=True,
    show_envvar=True,
    help="Folder of finished stages.",
)


def told_plainly(verb: Callable[..., Any]) -> Callable[..., Any]:
    """What a user can cause is said in words on standard error, without a traceback, and exits with 2."""

    @wraps(verb)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return verb(*args, **kwargs)
        except BrokenPipeError:
            raise
        except OSError as error:
            click.echo(f"{error.filename}: {error.strerror}" if error.filename else str(error), err=True)
            sys.exit(USER_ERROR)
        except ValueError as error:
            click.echo(str(error), err=True)
            sys.exit(USER_ERROR)

    return guarded


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crosswind")
def main() -> None:
    """Study what survives of a multilingual encoder in other languages, on clean text and under perturbation."""


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
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


@main.command()
@study_argument
@store_option
@click.option(
    "--table", type=click.Choice(["scores", "outcomes", "votes", "certificates"]), default="scores", show_default=True
)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "parquet", "json"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
@told_plainly
def results(study: Path, store_path: Path, table: str, form: str, out: Path | None) -> None:
    """Print or write the results of a study as a tidy table."""
    from crosswind import results as tables
    from crosswind import tallies
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    make = {
        "scores": tables.scores,
        "outcomes": tables.outcomes,
        "votes": tallies.votes,
        "certificates": tallies.certificates,
    }[table]
    tables.write(make(make_plan(load_study(study)), Store(store_path)), form, out)


@main.command(name="probe")
@study_argument
@store_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes; by default one per core.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "parquet", "json"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
@told_plainly
def probe_(study: Path, store_path: Path, workers: int | None, form: str, out: Path | None) -> None:
    """Show what a study's perturbations change and what of it its encoder can tell, before any model is trained."""
    from crosswind.console.probed import WIDE, probed
    from crosswind.plan import make_plan
    from crosswind.results import write
    from crosswind.store import Store
    from crosswind.study_file import load_study

    write(probed(make_plan(load_study(study)), Store(store_path), workers), form, out, WIDE)


@main.command()
@study_argument
@store_option
@click.option(
    "--format", "form", type=click.Choice(["table", "markdown", "csv", "json"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
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


@main.command()
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


@main.command()
@click.argument("perturbation")
@click.argument("source", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True), default="-")
@click.option("--language", default="", help="Code of the text's language, such as de.")
@click.option("--level", type=click.IntRange(min=0), default=3, show_default=True, help="Severity.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, other noise.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the perturbation.")
@click.option("--format", "kind", help="text, jsonl, csv, tsv, conllu or squad; by default what the name ends in.")
@click.option("--field", "fields", multiple=True, help="A field that holds text; once for each.")
@click.option("--id-field", default="", help="The field that names a row; by default id, or the row's number.")
@click.option("--language-field", default="", help="The field that holds each row's language.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The new file; by default standard output."
)
@click.option(
    "--edits", type=click.Path(dir_okay=False, path_type=Path), help="Write what was done here, as JSON lines."
)
@click.option("--show", is_flag=True, help="Show changed texts before and after instead of writing the file.")
@told_plainly
def perturb(
    perturbation: str,
    source: Path,
    language: str,
    level: int,
    seed: int,
    settings: tuple[str, ...],
    kind: str | None,
    fields: tuple[str, ...],
    id_field: str,
    language_field: str,
    out: Path | None,
    edits: Path | None,
    show: bool,
) -> None:
    """Change a file of text with one PERTURBATION: SOURCE in, a file of the same kind out.

    Without SOURCE, or with -, text comes from standard input. `crosswind list perturbations` tells which there are.
    """
    from crosswind.console import perturbed_files as files
    from crosswind.documents import Selection, document_for
    from crosswind.perturbing import Perturber, as_perturbation, refuse_without_stock

    path = None if str(source) == "-" else source
    document = document_for(path, kind)
    selection = Selection(language, fields, id_field, language_field)
    chosen = as_perturbation({"kind": perturbation, **files.settings_of(settings)})
    refuse_without_stock(chosen)
    if told := files.unknown_language(language):
        click.echo(told, err=True)

    def perturber(code: str) -> Perturber:
        return Perturber(perturbation=chosen, language=code, level=level, seed=seed)

    if show:
        files.show_file(path, document, selection, files.Workbench(perturber, files.show))
        return
    with files.noted(edits) as note:
        for line in files.perturb_file(path, document, selection, files.Workbench(perturber, note), out):
            click.echo(line, err=True)


@main.command()
@click.argument("predictions", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--suite", type=click.Choice(["xtreme", "xtreme-r"]), required=True, help="Whose tasks and means.")
@click.option("--compat", is_flag=True, help="Average as the official evaluator does, where that is another way.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to standard output."
)
@told_plainly
def score(predictions: Path, labels: Path, suite: str, compat: bool, form: str, out: Path | None) -> None:
    """Score a submission to XTREME or XTREME-R: two folders with one folder a task, of PREDICTIONS and of LABELS."""
    from crosswind.leaderboard.scoring import score_folder
    from crosswind.leaderboard.table import FORMS

    standing = score_folder(predictions, labels, suite, compat)
    text = FORMS[form](standing)
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
    for complaint in standing.complaints:
        click.echo(complaint, err=True)
    if standing.complaints:
        sys.exit(USER_ERROR)


@main.command()
@study_argument
@store_option
@click.option("--suite", default="xtreme-r", show_default=True, help="xtreme or xtreme-r.")
@click.option("--arm", help="Which arm; needed where the study has several, like the next two.")
@click.option("--sequence", help='Which intermediate tasks, as "mnli > squad"; "" for none.')
@click.option("--seed", type=int, help="Which training seed.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the submission."
)
@told_plainly
def export(
    study: Path, store_path: Path, suite: str, arm: str | None, sequence: str | None, seed: int | None, out: Path
) -> None:
    """Write one treatment's answers to the plain test sets in the layout of XTREME's leaderboard."""
    from crosswind import submission
    from crosswind.leaderboard.suites import suite_named
    from crosswind.plan import make_plan
    from crosswind.store import Store
    from crosswind.study_file import load_study

    planned, chosen_suite = make_plan(load_study(study)), suite_named(suite)
    chosen = submission.treatment(planned, arm, sequence, seed)
    written, missing = submission.export(planned, Store(store_path), chosen, chosen_suite, out)
    for line in submission.summary(written, missing, out):
        click.echo(line)


@main.command(name="export-gauntlet")
@study_argument
@store_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the sets.")
@click.option("--with-text", is_flag=True, help="Write the changed texts too, where their licence allows it.")
@told_plainly
def export_gauntlet(study: Path, store_path: Path, out: Path, with_text: bool) -> None:
    """Write a study's perturbed test sets as static files with edit scripts, and sheets for speakers to audit them.

    No model is trained or asked. STUDY may also be the name of a task: then it is the core of the gauntlet, less
    codemix, whose words are aligned by an encoder that only a study names.
    """
    from crosswind.console.exporting import exported

    for line in exported(study, store_path, out, with_text=with_text):
        click.echo(line)


@main.command(name="list")
@click.argument("family", required=False)
@told_plainly
def list_(family: str | None) -> None:
    """Show every name that a study file may use, with a line on each."""
    from crosswind.console.listing import listed

    for line in listed(family):
        click.echo(line)


@main.command()
@click.argument("languages", metavar="[LANGUAGE]...", nargs=-1)
@click.option("--sentences", type=click.IntRange(min=1), default=1, show_default=True, help="Examples per language.")
@told_plainly
def pocket(languages: tuple[str, ...], sentences: int) -> None:
    """Show Pocket's constructed languages: their dials, and the same sentences in each, word by word and in English.

    LANGUAGE is a code, or one with dials turned, such as taruvik~order=SOV; without any, all built-in ones are shown.
    """
    from shutil import get_terminal_size

    from crosswind.console.laboratory import laboratory

    for line in laboratory(languages, sentences, get_terminal_size().columns):
        click.echo(line)


@main.group()
def store() -> None:
    """Look after the folder of finished stages."""


@store.command()
@store_option
@click.option("--remove", is_flag=True, help="Remove damaged stages, so that the next run makes them again.")
@told_plainly
def verify(store_path: Path, remove: bool) -> None:
    """Check every file of the store against its recorded digest."""
    from crosswind.console.upkeep import verified

    damaged = False
    for line, is_damage in verified(store_path, remove):
        damaged |= is_damage
        click.echo(line)
    if damaged and not remove:
        sys.exit(1)


@store.command()
@click.argument("studies", nargs=-1, type=click.Path(path_type=Path))
@store_option
@click.option("--yes", is_flag=True, help="Delete; without it, only show what would be deleted.")
@told_plainly
def prune(studies: tuple[Path, ...], store_path: Path, yes: bool) -> None:
    """Delete leftovers of stopped runs and, of the named STUDIES, weights that no unfinished stage needs."""
    from crosswind.console.upkeep import pruned
    from crosswind.plan import make_plan
    from crosswind.study_file import load_study

    for line in pruned(store_path, [make_plan(load_study(study)) for study in studies], yes):
        click.echo(line)
