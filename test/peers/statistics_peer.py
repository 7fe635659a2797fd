"""Statistics of inputs by scipy, statsmodels and numpy: reads {name: [[number, ...], ...]}, writes results in the same shape.

    python statistics_peer.py < inputs.json > results.json

It shares no code with src/score/statistics. The starting capitals of the bets are a choice, and are the same here.
"""

import json
import math
import sys

import numpy as np
from scipy import stats
from scipy.optimize import brentq
from scipy.special import logsumexp
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint


def clopper_pearson(right, n, confidence):
    side = (1 - confidence) / 2
    low = 0.0 if right == 0 else stats.beta.ppf(side, right, n - right + 1)
    high = 1.0 if right == n else stats.beta.isf(side, right + 1, n - right)
    return [low, high]


def wilson(right, n, confidence):
    return list(proportion_confint(right, n, 1 - confidence, method="wilson"))


def newcombe_unpaired(right_first, n_first, right_second, n_second, confidence):
    return list(
        confint_proportions_2indep(
            right_first, n_first, right_second, n_second, method="newcomb", compare="diff", alpha=1 - confidence
        )
    )


def newcombe_paired(both, only_first, only_second, neither, confidence):
    """Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10, as it is written there."""
    e, f, g, h = both, only_first, only_second, neither
    n = e + f + g + h
    low2, high2 = wilson(e + f, n, confidence)
    low3, high3 = wilson(e + g, n, confidence)
    first, second = (e + f) / n, (e + g) / n
    a = (e + f) * (g + h) * (e + g) * (f + h)
    b = e * h - f * g
    c = b - n / 2 if b > n / 2 else 0.0 if b >= 0 else b
    phi = 0.0 if a == 0 else c / math.sqrt(a)
    dl2, du2, dl3, du3 = first - low2, high2 - first, second - low3, high3 - second
    delta = math.sqrt(max(0.0, dl2**2 - 2 * phi * dl2 * du3 + du3**2))
    epsilon = math.sqrt(max(0.0, du2**2 - 2 * phi * du2 * dl3 + dl3**2))
    theta = (f - g) / n
    return [max(-1.0, theta - delta), min(1.0, theta + epsilon)]


def mcnemar_exact(only_first, only_second):
    return [mcnemar([[0, only_first], [only_second, 0]], exact=True).pvalue]


def holm(*p_values):
    return list(multipletests(p_values, method="holm")[1])


def sign_flip(*values):
    """The values are multiples of 0.05. Whole numbers have exact sums, so that scipy sees every tie."""
    whole = np.rint(20 * np.array(values))
    test = stats.permutation_test((whole,), np.sum, permutation_type="samples", vectorized=True, n_resamples=np.inf)
    return [test.pvalue]


# Alternatives whose odds are so many times those of the hypothesis, and what is staked on each; the rest is staked on 1.
ODDS_RATIOS = np.exp(0.0125 * np.sqrt(2) ** np.arange(19))
CAPITALS = 0.65 * np.minimum(1, 2 * np.log(ODDS_RATIOS)) / np.sum(np.minimum(1, 2 * np.log(ODDS_RATIOS)))
ALL_IN = 0.35


def log_mixture(theta, right, wrong):
    """The logarithm of a mixture of likelihood ratios: alternatives above theta against theta."""
    alternatives = ODDS_RATIOS * theta / (1 - theta + ODDS_RATIOS * theta)
    seen = lambda share: stats.binom.logpmf(right, right + wrong, share)
    capital = logsumexp(seen(alternatives) - seen(theta), b=CAPITALS)
    return capital if wrong > 0 else np.logaddexp(capital, math.log(ALL_IN) - right * math.log(theta))


def lower_end(right, wrong, alpha):
    if right == 0:
        return 0.0
    gap = lambda theta: log_mixture(theta, right, wrong) + math.log(alpha)
    least, most = 1e-12, right / (right + wrong) if wrong > 0 else 1 - 1e-15
    if gap(least) < 0:
        return 0.0  # nothing is refuted, as after one right answer and some wrong ones
    return brentq(gap, least, most, xtol=1e-15, rtol=1e-14) if gap(most) < 0 else most


def anytime(right, wrong, alpha):
    return [lower_end(right, wrong, alpha), 1 - lower_end(wrong, right, alpha)]


def over_seeds(*values):
    """Bets on values in [0, 1], 2.5 % a side."""
    def refuted_up_to(shares):
        def gap(theta):
            numerators = np.log1p(np.outer(ODDS_RATIOS - 1, shares)).sum(axis=1)
            capital = logsumexp(numerators - len(shares) * np.log1p((ODDS_RATIOS - 1) * theta), b=CAPITALS)
            if min(shares) > 0:
                capital = np.logaddexp(capital, math.log(ALL_IN) + np.sum(np.log(shares / theta)))
            return capital + math.log(0.025)

        return brentq(gap, 1e-12, np.mean(shares), xtol=1e-15, rtol=1e-14) if gap(1e-12) > 0 else 0.0

    shares = (1 + np.array(values)) / 2
    return [2 * refuted_up_to(shares) - 1, 1 - 2 * refuted_up_to(1 - shares)]


def promise(lengths, asked, alpha, claimed, drawn):
    """The number of bad lengths among the drawn ones is hypergeometric; each passes with `alpha`."""
    unasked = lengths - asked
    bad = math.floor(round(lengths / 10, 9)) + 1
    hits = np.arange(drawn + 1)
    error = 0.0
    for mistaken in range(min(asked, bad) + 1):
        left = bad - mistaken
        passing = 1.0 if left == 0 else 0.0
        if 0 < left <= unasked:
            passing = float(np.sum(stats.hypergeom.pmf(hits, unasked, left, drawn) * alpha**hits))
        error += claimed**mistaken * passing
    return [min(error, claimed) if drawn == unasked else error]


def main():
    methods = (
        clopper_pearson,
        wilson,
        newcombe_unpaired,
        newcombe_paired,
        mcnemar_exact,
        holm,
        sign_flip,
        anytime,
        over_seeds,
        promise,
    )
    by_name = {method.__name__: method for method in methods}
    inputs = json.load(sys.stdin)
    outputs = {name: [[float(x) for x in by_name[name](*one)] for one in given] for name, given in inputs.items()}
    json.dump(outputs, sys.stdout)


main()
