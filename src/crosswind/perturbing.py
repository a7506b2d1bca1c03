"""Text in, perturbed text out, without a study: one text or a stream of them, in any language.

    import crosswind

    noisy = crosswind.perturb(["Ein alter Satz."], "typo_edit", language="de", level=3, seed=1)
    noisy[0].text, noisy[0].edits

The same text under the same id gets the same noise, whatever comes before or after it.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, starmap
from typing import Any

from pydantic import ValidationError

from crosswind import catalog
from crosswind.complaints import sentence
from crosswind.perturbations.base import Perturbation
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.sampling import SUITE, Rates
from crosswind.perturber import Noisy, Perturber, Source
from crosswind.text.stock import NOTHING, Stock
from crosswind.text.words import BUILTIN, Segmenter


def perturb(
    texts: Iterable[Source],
    perturbation: str | Mapping[str, Any] | Perturbation,
    *,
    language: str,
    level: int,
    seed: int = 1,
    **more: Any,
) -> list[Noisy]:
    """All texts perturbed, as `perturb_each` says, which also names what `more` may be."""
    return list(perturb_each(texts, perturbation, language=language, level=level, seed=seed, **more))


def perturb_each(
    texts: Iterable[Source],
    perturbation: str | Mapping[str, Any] | Perturbation,
    *,
    language: str,
    level: int,
    seed: int = 1,
    ids: Iterable[str] | None = None,
    stocks: Mapping[str, Stock] | None = None,
    rates: Rates | None = None,
    suite: str = SUITE,
    segmenter: Segmenter = BUILTIN,
) -> Iterator[Noisy]:
    """The texts perturbed one by one as they are asked for, so that a stream of any length needs no memory.

    A text is a string, a list of tokens, or a string with spans that must survive: `(text, [(start, end), ...])`.
    `perturbation` is a name of the catalogue, a table with a `kind` and settings, or an instance. `ids` key the noise;
    without them texts are numbered from 0. `stocks`, by id, are for what draws from more than the text. The rest is
    that of a Perturber.
    """
    chosen = as_perturbation(perturbation)
    if stocks is None:
        refuse_without_stock(chosen)
    perturber = Perturber(
        chosen,
        language=language,
        level=level,
        seed=seed,
        rates=rates,
        suite=suite,
        segmenter=segmenter,
    )
    pairs = zip(texts, map(str, count()), strict=False) if ids is None else zip(texts, ids, strict=True)
    if not stocks:
        return starmap(perturber, pairs)
    return (perturber(text, uid, stocks.get(uid, NOTHING)) for text, uid in pairs)


def as_perturbation(value: str | Mapping[str, Any] | Perturbation) -> Perturbation:
    """The perturbation that a name or a table stands for; raises ValueError with what is wrong and what is allowed."""
    if isinstance(value, Perturbation):
        return value
    settings = {"kind": value} if isinstance(value, str) else dict(value)
    kind = settings.pop("kind", None)
    if not isinstance(kind, str):
        allowed = ", ".join(sorted(catalog.FAMILIES["perturbations"]))
        raise ValueError(f"{value!r} names no perturbation; expected a kind, one of {allowed}")  # noqa: TRY004  a user's mistake
    found = catalog.load("perturbations", kind)
    if not issubclass(found, Perturbation):
        raise ValueError(f"{kind!r} is not a perturbation")  # noqa: TRY004  a user's mistake
    try:
        return found(**settings)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {sentence(each, found)}" for each in error.errors())
        raise ValueError(f"{kind}: {wrong}") from error


def needs_stock(perturbation: Perturbation) -> bool:
    """Whether a perturbation has nothing to draw from in a text alone."""
    if isinstance(perturbation, Codemix):
        return perturbation.dictionary is None or "dictionary" not in perturbation.sources
    return type(perturbation).stocks is not Perturbation.stocks and not perturbation.suits_any_text


def refuse_without_stock(perturbation: Perturbation) -> None:
    """Raises ValueError where a perturbation has nothing to draw from in a text alone."""
    if needs_stock(perturbation):
        dictionary = ' (or the sources "dictionary" and a dictionary)' if isinstance(perturbation, Codemix) else ""
        raise ValueError(
            f"{perturbation.label} draws from what lies beside a text (translations, other passages, names): give "
            f"`stocks`, a text.stock.Stock for each id{dictionary}, or make it a condition of a study, where the "
            "dataset gives them"
        )
