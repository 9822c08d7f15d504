"""Writes tests/data/evals-statistics.json: figures of statsmodels, numpy and scipy for src/evals/statistics.rs.

    python -m pip install statsmodels scipy
    python tests/judges/make_evals_fixtures.py

The bootstrap is computed a second time here, with the same generator, so that its figures must agree to the last digits; and the width of its
interval is held against the clustered standard error of statsmodels.
"""

import json
import pathlib
import random

import numpy
import statsmodels.api as sm
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

MASK = (1 << 64) - 1
RESAMPLES = 4000


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = ((self.state ^ (self.state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound):
        return (self.bits() * bound) >> 64


def wilson_cases():
    pairs = [(0, 1), (1, 1), (0, 30), (30, 30), (57, 60), (114, 120), (285, 300), (1, 300), (150, 300), (999, 1000), (7, 13)]
    for passed, trials in pairs:
        low, high = proportion_confint(passed, trials, alpha=0.05, method="wilson")
        yield {"passed": passed, "trials": trials, "low": float(low), "high": float(high)}


def mcnemar_cases():
    for lost, won in [(0, 0), (1, 0), (5, 0), (6, 0), (0, 6), (10, 3), (3, 10), (12, 12), (40, 21), (100, 60), (2, 900), (1500, 1400)]:
        p = 1.0 if lost + won == 0 else float(mcnemar([[50, lost], [won, 50]], exact=True).pvalue)
        if lost + won:
            assert abs(p - binomtest(min(lost, won), lost + won, 0.5).pvalue) < 1e-9, (lost, won)
        yield {"lost": lost, "won": won, "p": p}


def clustered(outcomes):
    names = sorted({cluster for cluster, _ in outcomes})
    groups = numpy.array([names.index(cluster) for cluster, _ in outcomes])
    y = numpy.array([value for _, value in outcomes], dtype=float)
    fitted = sm.OLS(y, numpy.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return float(fitted.params[0]), float(fitted.bse[0])


def bootstrap(outcomes, seed):
    sums = {}
    for cluster, value in sorted(outcomes, key=lambda pair: pair[0]):
        total, count = sums.get(cluster, (0.0, 0.0))
        sums[cluster] = (total + value, count + 1.0)
    clusters = [sums[name] for name in sorted(sums)]
    generator = SplitMix64(seed)
    means = []
    for _ in range(RESAMPLES):
        drawn = [clusters[generator.below(len(clusters))] for _ in clusters]
        means.append(sum(total for total, _ in drawn) / sum(count for _, count in drawn))
    low, high = numpy.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def outcome_cases():
    dice = random.Random(20260316)
    for name, clusters, size, values in [
        ("singles", 40, 1, [0, 1]),
        ("families", 60, 5, [0, 1]),
        ("differences", 80, 4, [-1, 0, 0, 0, 0, 1]),
        ("few clusters", 3, 10, [0, 1]),
        ("all equal", 12, 3, [0]),
    ]:
        outcomes = []
        for cluster in range(clusters):
            common = dice.choice(values)
            for _ in range(1 + dice.randrange(size)):
                outcomes.append((f"c{cluster:03}", common if dice.random() < 0.7 else dice.choice(values)))
        mean, error = clustered(outcomes) if name != "all equal" else (0.0, 0.0)
        low, high = bootstrap(outcomes, 42)
        if clusters >= 40:
            assert abs((high - low) / (2 * 1.959963984540054 * error) - 1) < 0.12, (name, low, high, error)
        yield {"name": name, "outcomes": outcomes, "mean": mean, "standard_error": error, "seed": 42, "low": low, "high": high}


def percentile_cases():
    dice = random.Random(7)
    for size in [1, 2, 5, 100]:
        values = sorted(round(dice.expovariate(0.1), 3) for _ in range(size))
        for share in [0, 0.5, 0.95, 1]:
            yield {"values": values, "share": share, "value": float(numpy.percentile(values, share * 100))}


fixtures = {
    "wilson": list(wilson_cases()),
    "mcnemar": list(mcnemar_cases()),
    "outcomes": list(outcome_cases()),
    "percentile": list(percentile_cases()),
}
target = pathlib.Path(__file__).resolve().parent.parent / "data" / "evals-statistics.json"
target.write_text(json.dumps(fixtures, indent=1) + "\n")
print(f"wrote {target}")
