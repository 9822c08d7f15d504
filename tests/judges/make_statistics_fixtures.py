"""Writes tests/data/statistics.json: figures by which tests/it/statistics.rs judges the statistics of src/domain.

Needs Python 3.10 or newer with scipy (made with scipy 1.17.1, numpy 2.4.6):

    python tests/judges/make_statistics_fixtures.py

Each figure is found twice, by scipy and in exact fractions by the textbook's formula; the script stops where the two differ.
"""

import json
import math
import random
from fractions import Fraction
from pathlib import Path

import numpy
from scipy import special, stats

TARGET = Path(__file__).resolve().parents[1] / "data" / "statistics.json"
COEFFICIENT_TOLERANCE = 1e-9
P_TOLERANCE = 1e-6


def short(value, digits=6):
    """The value as people log it: a few digits, so that the file stays small."""
    return float(f"{value:.{digits}g}")


def require_near(what, one, other, tolerance):
    if not math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-14):
        raise SystemExit(f"{what}: the judges differ: {one!r}, {other!r}")


# Correlation


def exact_deviations(values):
    fractions = [Fraction(value) for value in values]
    mean = sum(fractions) / len(fractions)
    return [value - mean for value in fractions]


def root(fraction):
    """The square root of a fraction, correct to double precision at any size."""
    shift = 2 * (200 + fraction.denominator.bit_length())
    return Fraction(math.isqrt((fraction.numerator << shift) // fraction.denominator), 1 << (shift // 2))


def exact_pearson(left, right):
    """The coefficient and its unexplained share 1 - r^2, both from exact sums."""
    left, right = exact_deviations(left), exact_deviations(right)
    together = sum(a * b for a, b in zip(left, right))
    sizes = sum(a * a for a in left) * sum(b * b for b in right)
    squared = together * together / sizes
    return math.copysign(float(root(squared)), together), float(1 - squared)


def p_of(unexplained, n):
    return float(special.betainc((n - 2) / 2, 0.5, unexplained))


def correlation_case(name, left, right):
    left, right = [float(value) for value in left], [float(value) for value in right]
    n = len(left)
    figures = {}
    ranks = stats.rankdata(left).tolist(), stats.rankdata(right).tolist()
    for kind, judge, pair in [("pearson", stats.pearsonr, (left, right)), ("spearman", stats.spearmanr, ranks)]:
        exact, unexplained = exact_pearson(*pair)
        found = judge(left, right)
        require_near(f"{name}: {kind}", float(found.statistic), exact, COEFFICIENT_TOLERANCE)
        p_value = p_of(unexplained, n)
        if unexplained > 1e-9:
            require_near(f"{name}: p of {kind}", float(found.pvalue), p_value, P_TOLERANCE)
        figures[kind] = exact
        figures[f"{kind}_p"] = p_value
    return {"name": name, "x": left, "y": right, **figures}


def correlation_cases():
    source = random.Random(20250315)
    normal = lambda: source.gauss(0.0, 1.0)
    cases = [
        correlation_case("straight line up", range(1, 8), [2 * x + 1 for x in range(1, 8)]),
        correlation_case("straight line down", [0.1, 0.2, 0.3, 0.4, 0.5], [5, 4, 3, 2, 1]),
        correlation_case("three points", [1, 2, 4], [1.5, 1.25, 3.5]),
        correlation_case("four points", [1, 2, 3, 4], [0.9, 0.7, 0.8, 0.1]),
        correlation_case("no correlation at all", [-2, -1, 0, 1, 2], [4, 1, 0, 1, 4]),
        correlation_case("two distinct numbers", [16, 16, 16, 32, 32, 32, 32], [0.81, 0.79, 0.8, 0.84, 0.83, 0.86, 0.8]),
        correlation_case("ties on both sides", [1, 1, 2, 2, 2, 3, 3, 4], [0.5, 0.5, 0.5, 0.7, 0.7, 0.6, 0.9, 0.9]),
        correlation_case("learning rates over decades", [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1], [0.61, 0.72, 0.83, 0.81, 0.55, 0.1]),
        correlation_case("one outlier", [1, 2, 3, 4, 5, 6, 7, 8, 9, 1000], [9, 8, 7, 6, 5, 4, 3, 2, 1, 900]),
        correlation_case("all but one equal", [5, 5, 5, 5, 5, 6], [1, 2, 3, 4, 5, 9]),
        correlation_case("zero among them", [0, 0, 0, 1, 0, 1], [0.0, -0.0, 0.25, 0.5, 0.0, 1.0]),
    ]
    for n in [5, 6, 8, 12, 24, 60, 250]:
        for strength in [0.0, 0.3, -0.8]:
            left = [short(normal()) for _ in range(n)]
            right = [short(strength * x + normal()) for x in left]
            cases.append(correlation_case(f"random, n = {n}, slope {strength}", left, right))
    for name, scale, offset in [
        ("tiny", 1e-200, 0.0),
        ("subnormal sums", 1e-160, 0.0),
        ("huge", 1e150, 0.0),
        ("offset of a millionfold", 1.0, 1e6),
        ("offset of a thousand-millionfold", 1.0, 1e9),
    ]:
        left = [short(normal()) for _ in range(20)]
        right = [short(0.6 * x + normal()) for x in left]
        cases.append(correlation_case(name, [offset + scale * x for x in left], [offset + scale * y for y in right]))
    # scipy overflows here, and the exact sums alone judge.
    left = [short(normal()) for _ in range(15)]
    right = [short(x + normal()) for x in left]
    ordinary = correlation_case("near the largest number", left, right)
    power = 2.0**1020
    cases.append({**ordinary, "x": [power * x for x in left], "y": [power * y for y in right]})
    for noise in [1e-3, 1e-5, 1e-7]:
        left = [short(normal()) for _ in range(18)]
        cases.append(correlation_case(f"near-perfect, noise {noise}", left, [3 * x + noise * normal() for x in left]))
    left = [short(source.choice([1e-4, 3e-4, 1e-3, 3e-3])) for _ in range(400)]
    cases.append(correlation_case("few numbers, many runs", left, [short(0.9 - 20 * x + 0.02 * normal(), 4) for x in left]))
    return cases


# Categories


def category_case(name, labels, values):
    values = [float(value) for value in values]
    groups = {}
    for label, value in zip(labels, values):
        groups.setdefault(label, []).append(value)
    total = sum(d * d for d in exact_deviations(values))
    within = sum(sum(d * d for d in exact_deviations(group)) for group in groups.values())
    unexplained = within / total
    between_freedom, within_freedom = len(groups) - 1, len(values) - len(groups)
    p_value = float(special.betainc(within_freedom / 2, between_freedom / 2, float(unexplained)))
    if 1e-9 < unexplained:
        require_near(f"{name}: p of F", float(stats.f_oneway(*groups.values()).pvalue), p_value, P_TOLERANCE)
    return {
        "name": name,
        "labels": labels,
        "y": values,
        "eta_squared": float(1 - unexplained),
        "p": p_value,
        "categories": {label: {"n": len(group), "mean": float(numpy.mean(group)), "median": float(numpy.median(group))} for label, group in groups.items()},
    }


def category_cases():
    source = random.Random(17)
    normal = lambda: source.gauss(0.0, 1.0)
    cases = [
        category_case("two of two and three", list("aabbb"), [1, 2, 3, 4, 6]),
        category_case("no difference", list("aabb"), [1, 2, 1, 2]),
        category_case("all of it", list("aabbcc"), [1, 1, 2, 2, 5, 5]),
        category_case("a category of one", list("aaaab"), [0.7, 0.71, 0.69, 0.7, 0.9]),
        category_case("unequal sizes", list("aaaaaaaabbc"), [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]),
    ]
    for n, kinds, effect, scale, offset in [
        (8, "ab", 0.0, 1.0, 0.0),
        (24, "abc", 0.5, 0.01, 0.8),
        (60, "abcdefgh", 1.0, 1.0, 0.0),
        (300, "abcde", 0.2, 1.0, 1e6),
        (30, "abc", 1.0, 1e140, 0.0),
        (30, "abc", 1.0, 1e-150, 0.0),
    ]:
        labels = [kinds[i % len(kinds)] if i < 2 * len(kinds) else source.choice(kinds) for i in range(n)]
        values = [offset + scale * short(effect * kinds.index(label) + normal()) for label in labels]
        cases.append(category_case(f"n = {n}, {len(kinds)} categories, effect {effect}, scale {scale}", labels, values))
    return cases


# Trend


def trend_of(values):
    """The rule that src/domain/series/summary.rs documents, in other words and by another library."""
    n = len(values)
    if n < 3:
        return "too short"
    count = min(64, n)
    cuts = [part * n // count for part in range(count + 1)]
    y = numpy.array([numpy.median(values[a:b]) for a, b in zip(cuts, cuts[1:])])
    if y.max() - y.min() <= 0.01 * numpy.median(numpy.abs(y)):
        return "flat"
    pairs = count * (count - 1) // 2
    statistic = float(numpy.sum(numpy.triu(numpy.sign(y[None, :] - y[:, None]), 1)))
    if len(set(y.tolist())) == count:
        require_near("S", statistic, float(stats.kendalltau(numpy.arange(count), y).statistic) * pairs, 1e-9)
    bound = min(2.576 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18), pairs)
    tenth = -(-count // 10)
    change = numpy.median(y[-tenth:]) - numpy.median(y[:tenth])
    if abs(statistic) >= bound and change * statistic > 0:
        return "rising" if statistic > 0 else "falling"
    return "noisy"


def trend_cases():
    source = random.Random(99)
    cases = []
    for n in [2, 3, 4, 6, 10, 30, 64, 65, 200]:
        for slope in [0.0, 0.15, 0.3, -0.2, 0.5, -2.0]:
            values = [short(10 + slope * i / n + source.gauss(0.0, 0.3), 4) for i in range(n)]
            cases.append({"values": values, "trend": trend_of(values)})
    # About as many just above the bound as just below.
    for _ in range(24):
        values = [short(10 + 0.6 * i / 25 + source.gauss(0.0, 0.3), 4) for i in range(25)]
        cases.append({"values": values, "trend": trend_of(values)})
    for values in [
        [short(2.3 * math.exp(-i / 30) + 0.2 + source.gauss(0, 0.02), 4) for i in range(500)],
        [short(0.9 + source.gauss(0, 0.001), 4) for _ in range(100)],
        [short(math.sin(i / 9), 4) for i in range(300)],
        [1.0, 1.0, 2.0, 2.0, 2.0, 3.0],
    ]:
        cases.append({"values": values, "trend": trend_of(values)})
    return cases


def main():
    cases = {"correlation": correlation_cases(), "categories": category_cases(), "trend": trend_cases()}
    lines = [f'"{kind}": [\n' + ",\n".join(json.dumps(case) for case in of_kind) + "\n]" for kind, of_kind in cases.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(", ".join(f"{len(of_kind)} {kind}" for kind, of_kind in cases.items()), "->", TARGET.name, TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
