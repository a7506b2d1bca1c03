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
STEP, STRIDE = 1e-3, 3e-2  # of logarithms of variances, for first and for second differences
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

    def solved(self, ratios_K: Floats) -> tuple[float, Floats]:
        """The logarithm of a determinant, and the products of fixed columns and response less what random factors
        explain, for variances of factors by that of the residual."""
        scale_Q = np.sqrt(ratios_K)[self.factor_Q]
        middle = np.eye(len(scale_Q)) + scale_Q[:, None] * self.random_QQ * scale_Q
        lower = np.linalg.cholesky(middle)
        half = np.linalg.solve(lower, scale_Q[:, None] * self.rest_QS)
        return 2 * float(np.log(np.diag(lower)).sum()), self.rest_SS - half.T @ half

    def criterion(self, variances_K: Floats, residual: float) -> float:
        """Twice the negative restricted log likelihood, but for a constant."""
        size, left = self.solved(variances_K / residual)
        _, unexplained = self.coefficients(left)
        log_fixed = np.linalg.slogdet(left[:-1, :-1])[1]
        return float(size + log_fixed + (self.count - self.fixed) * np.log(residual) + unexplained / residual)

    @staticmethod
    def coefficients(left_SS: Floats) -> tuple[Floats, float]:
        """The fixed effects, and the sum of squares that they leave."""
        values = np.linalg.solve(left_SS[:-1, :-1], left_SS[:-1, -1])
        return np.asarray(values), float(left_SS[-1, -1] - values @ left_SS[:-1, -1])

    def covariance(self, variances_K: Floats, residual: float) -> Floats:
        """That of the fixed effects."""
        _, left = self.solved(variances_K / residual)
        return np.asarray(residual * np.linalg.inv(left[:-1, :-1]))


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
    _, left = products.solved(ratios_K)
    values, unexplained = products.coefficients(left)
    residual = unexplained / (products.count - products.fixed)
    there_K = np.sqrt(ratios_K) > NOTHING
    variances_K = np.where(there_K, ratios_K * residual, 0.0)
    covariance = products.covariance(variances_K, residual)
    degrees_P = satterthwaite(products, variances_K, residual, there_K)
    return Fit(
        effects={
            name: effect(value, error, degrees)
            for name, value, error, degrees in zip(
                fixed, values.tolist(), np.sqrt(np.diag(covariance)).tolist(), degrees_P.tolist(), strict=True
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

    def profile(roots_K: Floats) -> float:
        size, left = products.solved(roots_K**2)
        _, unexplained = products.coefficients(left)
        degrees = products.count - products.fixed
        return float(size + np.linalg.slogdet(left[:-1, :-1])[1] + degrees * np.log(unexplained))

    solve: Any = minimize
    ends = [solve(profile, np.full(count, start), method="L-BFGS-B", bounds=[(0, None)] * count) for start in STARTS]
    found = min(ends, key=lambda each: float(each.fun))
    return np.asarray(found.x**2), "" if found.success else f"the likelihood has no clear summit ({found.message})"


def satterthwaite(products: Products, variances_K: Floats, residual: float, there_K: NDArray[np.bool_]) -> Floats:
    """The degrees of freedom of every fixed effect: how well its variance is known, from the likelihood's curvature."""
    start = np.append(variances_K[there_K], residual)

    def spelled(logs: Floats) -> tuple[Floats, float]:
        own = np.zeros_like(variances_K)
        own[there_K] = np.exp(logs[:-1])
        return own, float(np.exp(logs[-1]))

    def half(logs: Floats) -> float:
        return products.criterion(*spelled(logs)) / 2

    def variances(logs: Floats) -> Floats:
        return np.asarray(np.log(np.diag(products.covariance(*spelled(logs)))))

    logs = np.log(start)
    steps = STEP * np.eye(len(logs))
    slopes_KP = np.array([(variances(logs + step) - variances(logs - step)) / (2 * STEP) for step in steps])
    wide = STRIDE * np.eye(len(logs))
    curvature = np.array(
        [
            [(half(logs + a + b) - half(logs + a - b) - half(logs - a + b) + half(logs - a - b)) for b in wide]
            for a in wide
        ]
    ) / (4 * STRIDE**2)
    spread_P = (slopes_KP * (np.linalg.pinv(curvature, hermitian=True) @ slopes_KP)).sum(0)
    return np.asarray(np.clip(2 / np.maximum(spread_P, 2 / MOST_DEGREES), 1, MOST_DEGREES))


def effect(value: float, error: float, degrees: float) -> Effect:
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(degrees, 0.975)) * error
    return Effect(value, error, degrees, value - half, value + half, 2 * float(stdtr(degrees, -abs(value) / error)))
