"""Linear models with several crossed random factors, by restricted maximum likelihood, in numpy.

What statsmodels has is made for nested groups; crossed ones (languages and runs) it can only take as one large group.
All that the likelihood needs is a matrix of products that is made once, as large as there are effects (Bates et al.,
2015). Degrees of freedom are Satterthwaite's (Giesbrecht & Burns, 1985), since there are never many languages or runs.
Letters: N observations, P fixed effects, Q levels of all random factors, K factors, S fixed effects and the response.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosswind.stats.estimates import Floats

NOTHING = 1e-4  # a factor whose standard deviation is less than so much of the residual one is not there
STARTS = (0.2, 1.0)
MOST_DEGREES = 1e6


@dataclass(frozen=True, slots=True)
class Factor:
    """A random factor: every group has a deviation of its own, in height, or in what multiplies `slope_N`."""

    name: str
    groups: Sequence[str]
    slope_N: Floats | None = None

    def columns(self) -> Floats:
        """One column for every group."""
        names, place = np.unique(np.asarray(self.groups), return_inverse=True)
        found = np.zeros((len(self.groups), len(names)))
        found[np.arange(len(place)), place] = 1.0 if self.slope_N is None else self.slope_N
        return found


@dataclass(frozen=True, slots=True)
class Effect:
    """A fixed effect with its standard error, Student's degrees of freedom, its interval at 95 % and two-sided p."""

    value: float
    error: float
    degrees: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Fixed effects and standard deviations of random factors by name.

    `absent` are the factors that came out without any variance, `trouble` says why the rest should not be believed.
    """

    effects: Mapping[str, Effect]
    spreads: Mapping[str, float]
    residual: float
    absent: tuple[str, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class Products:
    """Weighted products of random columns, fixed columns and the response with each other; `factor_Q` says whose each
    random column is."""

    random_QQ: Floats
    rest_QS: Floats
    rest_SS: Floats
    factor_Q: NDArray[np.intp]
    count: int

    @property
    def fixed(self) -> int:
        return len(self.rest_SS) - 1

    @property
    def degrees(self) -> int:
        return self.count - self.fixed

    def solved(self, ratios_K: Floats) -> "Solved":
        """What is left of the products beside the random factors, for their variances by that of the residual."""
        from scipy.linalg import cholesky, solve_triangular

        scale_Q = np.sqrt(ratios_K)[self.factor_Q]
        middle = np.eye(len(scale_Q)) + scale_Q[:, None] * self.random_QQ * scale_Q
        lower = cholesky(middle, lower=True, check_finite=False)
        both = scale_Q[:, None] * np.hstack([self.random_QQ, self.rest_QS])
        half = solve_triangular(lower, both, lower=True, check_finite=False)
        taken_QQ, taken_QS = half[:, : len(scale_Q)], half[:, len(scale_Q) :]
        return Solved(
            log_size=2 * float(np.log(np.diag(lower)).sum()),
            taken_QQ=taken_QQ,
            left_QS=self.rest_QS - taken_QQ.T @ taken_QS,
            left_SS=self.rest_SS - taken_QS.T @ taken_QS,
        )

    def profile(self, roots_K: Floats) -> tuple[float, Floats]:
        """Twice the negative restricted log likelihood, but for a constant, with the likeliest residual; its slopes."""
        found = self.solved(roots_K**2)
        shared_QP = found.shares * found.left_QS[:, :-1]
        trace_Q = np.diag(self.random_QQ) - (found.taken_QQ**2).sum(0) - shared_QP.sum(1)
        slope_Q = trace_Q - self.degrees * found.pulls**2 / found.unexplained
        slopes_K = np.bincount(self.factor_Q, slope_Q, len(roots_K))
        log_fixed = np.linalg.slogdet(found.left_SS[:-1, :-1])[1]
        value = found.log_size + log_fixed + self.degrees * np.log(found.unexplained)
        return float(value), 2 * roots_K * slopes_K


@dataclass(frozen=True, slots=True)
class Solved:
    """What is left of products where random factors have explained their part; `taken_QQ` is a root of that part."""

    log_size: float
    taken_QQ: Floats
    left_QS: Floats
    left_SS: Floats

    @property
    def values(self) -> Floats:
        """The fixed effects."""
        return np.asarray(np.linalg.solve(self.left_SS[:-1, :-1], self.left_SS[:-1, -1]))

    @property
    def unexplained(self) -> float:
        """The sum of squares that all effects leave."""
        return float(self.left_SS[-1, -1] - self.values @ self.left_SS[:-1, -1])

    @property
    def covariance(self) -> Floats:
        """That of the fixed effects, by the variance of the residual."""
        return np.asarray(np.linalg.inv(self.left_SS[:-1, :-1]))

    @property
    def shares(self) -> Floats:
        """How a random column moves the fixed effects."""
        return np.asarray(np.linalg.solve(self.left_SS[:-1, :-1], self.left_QS[:, :-1].T).T)

    @property
    def pulls(self) -> Floats:
        """Products of random columns with what fixed effects leave."""
        return np.asarray(self.left_QS[:, -1] - self.left_QS[:, :-1] @ self.values)


def fit(
    response_N: Floats, fixed: Mapping[str, Floats], factors: Sequence[Factor], weights_N: Floats | None = None
) -> Fit:
    """The model of a response; observations of weight w have the residual variance divided by w.

    Raises ValueError where the fixed effects cannot be told apart.
    """
    x_NP = np.column_stack([*fixed.values()])
    if (rank := int(np.linalg.matrix_rank(x_NP))) < len(fixed):
        raise ValueError(
            f"{len(fixed)} fixed effects ({', '.join(fixed)}) of which only {rank} can be told apart; leave out those "
            "that are sums of others"
        )
    products = products_of(response_N, x_NP, factors, weights_N)
    ratios_K, complaint = optimum(products, len(factors))
    found = products.solved(ratios_K)
    residual = found.unexplained / products.degrees
    there_K = np.sqrt(ratios_K) > NOTHING
    variances_K = np.where(there_K, ratios_K * residual, 0.0)
    found = products.solved(variances_K / residual)
    errors_P = np.sqrt(residual * np.diag(found.covariance))
    degrees_P = satterthwaite(products, found, variances_K, residual)
    return Fit(
        effects={
            name: effect(value, error, degrees)
            for name, value, error, degrees in zip(
                fixed, found.values.tolist(), errors_P.tolist(), degrees_P.tolist(), strict=True
            )
        },
        spreads={each.name: float(np.sqrt(own)) for each, own in zip(factors, variances_K, strict=True)},
        residual=float(np.sqrt(residual)),
        absent=tuple(each.name for each, there in zip(factors, there_K, strict=True) if not there),
        trouble=complaint,
    )


def products_of(response_N: Floats, x_NP: Floats, factors: Sequence[Factor], weights_N: Floats | None) -> Products:
    """All that a likelihood needs of the data."""
    root_N1 = np.sqrt(np.ones(len(response_N)) if weights_N is None else weights_N / weights_N.mean())[:, None]
    columns = [factor.columns() for factor in factors]
    z_NQ = root_N1 * np.column_stack([*columns, np.zeros((len(response_N), 0))])
    s_NS = root_N1 * np.column_stack([x_NP, response_N])
    sizes = [own.shape[1] for own in columns]
    return Products(z_NQ.T @ z_NQ, z_NQ.T @ s_NS, s_NS.T @ s_NS, np.repeat(np.arange(len(factors)), sizes), len(s_NS))


def optimum(products: Products, count: int) -> tuple[Floats, str]:
    """The likeliest variances of factors by that of the residual, and what went wrong on the way."""
    from scipy.optimize import minimize

    if not count:
        return np.zeros(0), ""

    solve: Any = minimize
    settings = {"method": "L-BFGS-B", "jac": True, "bounds": [(0, None)] * count}
    ends = [solve(products.profile, np.full(count, start), **settings) for start in STARTS]
    found = min(ends, key=lambda each: float(each.fun))
    return np.asarray(found.x**2), "" if found.success else f"the likelihood has no clear summit ({found.message})"


def satterthwaite(products: Products, found: Solved, variances_K: Floats, residual: float) -> Floats:
    """The degrees of freedom of every fixed effect: how well its variance is known, from the likelihood's curvature.

    What belongs to the residual follows from the rest, since all variances together are all that there is.
    """
    there = np.flatnonzero(variances_K)
    own_Q = np.isin(products.factor_Q, there)
    which_Q = np.searchsorted(there, products.factor_Q[own_Q])
    sums_KQ = (np.arange(len(there))[:, None] == which_Q).astype(float)
    shares_QP, pulls_Q = found.shares[own_Q], found.pulls[own_Q] / residual
    taken = found.taken_QQ[:, own_Q]
    inner_QQ = products.random_QQ[np.ix_(own_Q, own_Q)] - taken.T @ taken - shares_QP @ found.left_QS[own_Q, :-1].T
    inner_QQ = inner_QQ / residual
    variances = np.append(variances_K[there], residual)
    traces = whole(sums_KQ @ inner_QQ**2 @ sums_KQ.T, sums_KQ @ np.diag(inner_QQ), products.degrees, variances)
    pulled_KQ = sums_KQ * pulls_Q
    squares = found.unexplained / residual
    pulls = whole(pulled_KQ @ inner_QQ @ pulled_KQ.T, sums_KQ @ pulls_Q**2, squares, variances)
    variance_P = residual * np.diag(found.covariance)
    moved_KP = sums_KQ @ shares_QP**2
    moved_KP = np.vstack([moved_KP, (variance_P - variances[:-1] @ moved_KP) / residual])
    slopes_KP = variances[:, None] * moved_KP / variance_P
    curvature = np.outer(variances, variances) * (pulls - traces / 2)
    spread_P = (slopes_KP * (np.linalg.pinv(curvature, hermitian=True) @ slopes_KP)).sum(0)
    return np.asarray(np.clip(2 / np.maximum(spread_P, 2 / MOST_DEGREES), 1, MOST_DEGREES))


def whole(both_KK: Floats, single_K: Floats, total: float, variances: Floats) -> Floats:
    """A symmetric matrix with the residual's row and column, which make rows weighted by variances add up to
    `single_K`, and that in turn to `total`."""
    known, residual = variances[:-1], variances[-1]
    beside_K = (single_K - both_KK @ known) / residual
    last = (total - single_K @ known) / residual
    corner = (last - beside_K @ known) / residual
    return np.block([[both_KK, beside_K[:, None]], [beside_K[None], np.full((1, 1), corner)]])


def effect(value: float, error: float, degrees: float) -> Effect:
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(degrees, 0.975)) * error
    return Effect(value, error, degrees, value - half, value + half, 2 * float(stdtr(degrees, -abs(value) / error)))
