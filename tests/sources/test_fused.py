"""Which tag a form takes that several tokens share."""

import pytest

from crosswind.sources.fused import surface_words
from crosswind.sources.rows import Broken, Row


def sentence(*lines: str) -> Row:
    """A row of CoNLL-U from lines of id, form, tag, head and enhanced heads."""
    names = ("id", "form", "upos", "head", "deps")
    columns = zip(*(line.split() for line in lines), strict=True)
    return Row(dict(zip(names, map(list, columns), strict=True)), "here:1", "here", 0)


def test_the_token_nearest_to_the_root_gives_its_tag() -> None:
    row = sentence("1-2 au _ _ _", "1 à ADP 3 _", "2 le DET 1 _", "3 bois NOUN 0 _")
    assert surface_words(row, "de") == (("au", "bois"), ("ADP", "NOUN"))


def test_among_equals_the_list_of_the_language_decides() -> None:
    tied = ("1-2 x _ _ _", "1 a ADJ 3 _", "2 b AUX 3 _", "3 c VERB 0 _")
    assert surface_words(sentence(*tied), "de")[1] == ("ADJ", "VERB")
    assert surface_words(sentence(*tied), "es")[1] == ("AUX", "VERB")


def test_a_tag_that_no_list_has_comes_last() -> None:
    row = sentence("1-2 x _ _ _", "1 a SYM 3 _", "2 b PUNCT 3 _", "3 c VERB 0 _")
    assert surface_words(row, "fr")[1] == ("PUNCT", "VERB")


def test_enhanced_edges_count_and_those_of_empty_nodes_do_not() -> None:
    row = sentence(
        "1-2 x _ _ _", "1 a VERB 3 3:dep|4:dep|4.1:dep", "2 b ADP 3 3:dep", "3 c NOUN 0 0:root", "4 d NOUN 3 3:dep",
        "4.1 unsaid VERB _ 3:dep",
    )  # fmt: skip
    assert surface_words(row, "de") == (("x", "c", "d"), ("ADP", "NOUN", "NOUN"))


def test_edges_in_a_circle_end() -> None:
    row = sentence("1-2 x _ _ _", "1 a VERB 2 2:dep", "2 b ADP 1 1:dep", "3 c NOUN 0 0:root")
    assert surface_words(row, "de")[1] == ("VERB", "NOUN")


def test_spaces_and_joiners_leave_forms() -> None:
    row = Row(
        {"id": ["1", "2"], "form": ["10 000", "می\u200cروم"], "upos": ["NUM", "VERB"], "head": ["2", "0"], "deps": []},
        "here:1",
        "here",
        0,
    )
    assert surface_words(row, "fa")[0] == ("10000", "می" + "روم")


def test_a_range_beyond_the_sentence_is_refused() -> None:
    with pytest.raises(Broken, match="has the id '1-7'; expected a range of tokens of the same sentence"):
        surface_words(sentence("1-7 x _ _ _", "1 a NOUN 0 _"), "de")
