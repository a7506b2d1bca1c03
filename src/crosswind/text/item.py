"""What a perturbation sees of an example: named fields of text with the spans that it must respect."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosswind.text.edits import Span
from crosswind.text.patterns import LETTER, pattern
from crosswind.text.stock import NOTHING, Stock
from crosswind.text.words import BUILTIN, Segmenter

ADDRESS = pattern(
    r"(?:https?://|www\.)[^\s<>\"]+"  # links
    r"|[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"  # e-mail
    r"|(?<![\p{L}\p{M}\p{N}])[@#][\p{L}\p{M}\p{N}_]+"  # handles and tags
)


@dataclass(frozen=True, slots=True)
class Field:
    """A text in NFC. All spans are non-empty, sorted, and lie in the text; only those of `keep` may overlap.

    Edits never straddle a `keep` span and never take its last letter or digit away; it is projected afterwards (an
    answer, a token). They never touch a `frozen` span. With `solid`, keep spans gain no white space (tokens).
    """

    text: str
    lang: str
    owner: str  # keys the randomness: fields of equal owner, language and name get equal noise
    words: tuple[Span, ...]
    keep: tuple[Span, ...] = ()
    frozen: tuple[Span, ...] = ()
    solid: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for text that is not NFC and for spans outside the text or out of order."""
        if not unicodedata.is_normalized("NFC", self.text):
            raise ValueError(f"the field of {self.owner!r} is not NFC: pass it through text.normal.normalise at load")
        for name, spans in (("words", self.words), ("keep", self.keep), ("frozen", self.frozen)):
            if spans:
                check_spans(spans, len(self.text), f"{name} of {self.owner!r}", overlap=name == "keep")


@dataclass(frozen=True, slots=True)
class Item:
    """One example as a perturbation sees it: no label, fields in the order of the task, and what lies beside it.

    `role` is what the task asks, where that is known: the column of the table of applicability.
    """

    dataset: str
    split: str
    uid: str
    fields: Mapping[str, Field]
    stock: Stock = NOTHING
    role: str = ""


def check_spans(spans: Sequence[Span], length: int, where: str, *, overlap: bool) -> None:
    """Raises ValueError unless the spans are sorted, non-empty, inside the text, and disjoint unless `overlap`."""
    last = 0
    for start, end in spans:
        if not last <= start < end <= length:
            raise ValueError(
                f"{where}: the span ({start}, {end}) lies outside the text of {length} code points or out of order; "
                f"expected sorted, non-empty, half-open spans, this one from {last} on"
            )
        last = start if overlap else end


def plain_field(
    text: str,
    lang: str,
    owner: str,
    keep: Iterable[Span] = (),
    frozen: Sequence[Span] = (),
    segmenter: Segmenter = BUILTIN,
) -> Field:
    """A field of running text, cut into words; links, addresses, handles and tags are frozen beside what is given."""
    from_text = [match.span() for match in ADDRESS.finditer(text)] if has_address_signs(text) else []
    return Field(
        text=text,
        lang=lang,
        owner=owner,
        words=segmenter.words(text, lang),
        keep=tuple(sorted(set(keep))) if keep else (),
        frozen=merged([*frozen, *from_text]) if frozen or from_text else (),
    )


def has_address_signs(text: str) -> bool:
    """Whether a text can hold an address at all: looking for signs is far cheaper than looking for addresses."""
    return "@" in text or "#" in text or "://" in text or "www." in text


def token_field(tokens: Sequence[str], lang: str, owner: str) -> Field:
    """A field of given tokens, which are NFC one by one: joined by one space, each token kept whole and solid."""
    spans = []
    start = 0
    for token in tokens:
        spans.append((start, start + len(token)))
        start += len(token) + 1
    words = tuple(span for span, token in zip(spans, tokens, strict=True) if LETTER.search(token))
    return Field(text=" ".join(tokens), lang=lang, owner=owner, words=words, keep=tuple(spans), solid=True)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The union of the spans as sorted, disjoint spans."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start < union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return tuple(union)
