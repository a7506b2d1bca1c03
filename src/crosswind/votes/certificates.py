"""How many words may be exchanged without changing a vote over masked texts (RanMASK; Zeng et al. 2021).

Of h words every reading sees k. Whoever changes m of them changes no reading that sees none of the m, and of all
readings C(h - m, k) / C(h, k) see none. So the share of readings that give a label falls by at most the rest, and as
long as more than half remain, the label stays. The share is bounded from below with confidence 1 - alpha, from readings
that had no say in which label it is. The paper also multiplies the rest by an estimated factor below 1; that certifies
nothing, so here it is 1. Its code calls the first number that is not certified the radius; here it is the last that is.

A change is any other word in the place of a word, the words around it standing as they did: nothing is said of words
that are put in, left out, joined or split.
"""

from math import comb


def lower_bound(hits: int, readings: int, alpha: float) -> float:
    """What a share is at least, with confidence 1 - alpha, where it was met in `hits` of so many independent readings.

    The one-sided bound of Clopper and Pearson (1934), which is exact.
    """
    from scipy.special import betaincinv

    return float(betaincinv(hits, readings - hits + 1, alpha)) if hits else 0.0


def certified(share: float, words: int, kept: int) -> int | None:
    """The most words that may be changed where a label has at least this share of the readings.

    None where the label is not even certain to have most of the readings of the text as it is.
    """
    found = None
    for changed in range(words + 1):
        touched = 1 - comb(words - changed, kept) / comb(words, kept)
        if share - touched <= 0.5:
            break
        found = changed
    return found
