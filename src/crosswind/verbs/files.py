"""Verbs of files: perturb one, score a submission, write one, write perturbed sets."""

import sys
from pathlib import Path

import click

from crosswind.verbs.wording import USER_ERROR, out_option, store_option, study_argument, told_plainly


@click.command()
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
    from crosswind.perturber import Perturber
    from crosswind.perturbing import as_perturbation, refuse_without_stock

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


@click.command()
@click.argument("predictions", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--suite", type=click.Choice(["xtreme", "xtreme-r"]), required=True, help="Whose tasks and means.")
@click.option("--compat", is_flag=True, help="Average as the official evaluator does, where that is another way.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@out_option
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


@click.command()
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


@click.command(name="export-gauntlet")
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
