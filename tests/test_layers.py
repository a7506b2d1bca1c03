"""Nothing imports upward: the modules stand in layers, and each may use only those below it."""

import ast
from pathlib import Path

import crosswind

SOURCE = Path(crosswind.__file__).parent

# From the ground up. Modules of one layer may not import each other unless they are one package.
LAYERS = [
    {"catalog", "tensors", "randomness", "quantities", "search"},
    {"identity", "languages", "sources"},
    {"recipe", "text", "pocket", "machine"},
    {"formats", "recipes", "documents"},
    {"tasks", "models"},
    {"methods", "objectives", "perturbations", "attacks", "evaluate", "samplers"},
    {"distances"},
    {"votes"},
    {"stages", "gauntlet"},
    {"workload"},
    {"controls"},
    {"complaints", "encoders", "choices", "calibration", "perturber"},
    {"laboratories", "holdings", "perturbing", "conditions", "recordings"},
    {"described", "gauntlets", "augments", "language_adapters", "claims", "polls", "questions"},
    {"laboratories", "holdings", "perturbing", "conditions", "recordings", "remoteness"},
    {"described", "gauntlets", "augments", "language_adapters", "claims", "polls"},
    {"arms"},
    {"study", "records", "makers", "train", "provenance", "jobs", "alignment"},
    {"unfit", "unspoken", "sets", "tongues", "claimed"},
    {"refusals"},
    {"chains"},
    {"controlled"},
    {"study_file", "leaderboard", "plan", "store", "frontier"},
    {"estimate", "workshop", "gathered"},
    {"mixing", "radii"},
    {"perturbed_sets", "voting"},
    {"augmenting", "answering"},
    {"teaching"},
    {"work", "exports"},
    {"executors"},
    {"run"},
    {"results", "losses", "submission"},
    {"stats", "probing", "voted"},
    {"failures"},
    {"asked"},
    {"sensitivity", "leaving_out", "rivals"},
    {"ledger", "pilots"},
    {"report"},
    {"console"},
    {"verbs"},
    {"cli"},
    {"__init__", "__main__"},
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}


def room(path: Path) -> str:
    """The top-level module or package that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The rooms that a file imports from, at the top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] == "crosswind":
            _, _, rest = node.module.partition(".")
            found |= {rest.partition(".")[0]} if rest else {alias.name for alias in node.names}
    return found


def test_every_room_has_a_layer() -> None:
    rooms = {room(path) for path in SOURCE.rglob("*.py")}
    assert rooms - set(RANK) == set()


def test_nothing_imports_upward() -> None:
    upward = [
        f"{path.relative_to(SOURCE)} imports {other}"
        for path in sorted(SOURCE.rglob("*.py"))
        for other in sorted(imports(path))
        if room(path) not in {other, "__init__"} and RANK[other] >= RANK[room(path)]
    ]
    assert upward == []
