"""The command line: which verbs there are. Only what is quick to load may stand at their tops."""

import click

from crosswind.verbs import files, findings, keeping, knowing, studies

VERBS = (
    *(studies.check, studies.plan, studies.run, studies.status, studies.explain),
    *(findings.probe, findings.results, findings.claims, findings.report),
    *(files.perturb, files.score, files.export, files.export_gauntlet),
    *(knowing.names, knowing.new, knowing.pocket, keeping.store),
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="crosswind")
def main() -> None:
    """Study what survives of a multilingual encoder in other languages, on clean text and under perturbation."""


for verb in VERBS:
    main.add_command(verb)
