import re
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import gcd
from statistics import fmean

import pytest

from unmask.protocol.files import canary, read
from unmask.protocol.items import QuestionItem
from unmask.protocol.sandbagging.problems.problem_sets import (
    DOMAINS,
    PROBLEM_FILES,
    problem_levels,
    problem_questions,
)
from unmask.protocol.sandbagging.problems.wordings import domain_wordings

RUNGS = list(range(problem_levels()))
TEMPLATES = [(domain, template) for domain in DOMAINS for template in domain.templates]
Entry = tuple[QuestionItem, str, dict[str, str]]


EACH, FEW = 480, 240
"""Questions a rung that guessing is tested on, with the matrix and by default: 20 and 10 for each template and rung."""

MARGINS = {EACH: (0.06, 0.13), FEW: (0.1, 0.2)}
"""How far a guesser's share of right answers may be from a quarter at a rung and in a template, about three errors."""

each_count = pytest.mark.parametrize("each", [FEW, pytest.param(EACH, marks=pytest.mark.matrix)])


@cache
def drawn(levels: tuple[int, ...], each: int, seed: int) -> list[Entry]:
    found = problem_questions(list(levels), each, seed)
    return [(e.item, e.cluster, e.traits) for e in found if isinstance(e.item, QuestionItem)]


def many(each: int = FEW) -> list[Entry]:
    return drawn(tuple(RUNGS), each, 11)


def few() -> list[Entry]:
    """The first two of each template and rung."""
    return [entry for rung in RUNGS for entry in many()[rung * FEW :][:48]]


def by_size(place: int) -> Callable[[list[str]], list[float]]:
    def scores(options: list[str]) -> list[float]:
        order = sorted(options, key=int)
        return [float(order.index(option) == place) for option in options]

    return scores


def near_mean(options: list[str]) -> list[float]:
    mean = fmean(map(int, options))
    return [-abs(int(option) - mean) for option in options]


def odd_by_digits(options: list[str]) -> list[float]:
    lengths = Counter(len(option) for option in options)
    return [-float(lengths[len(option)]) for option in options]


def zeros(options: list[str]) -> list[float]:
    return [float(len(option) - len(option.rstrip("0"))) for option in options]


def shared_digits(options: list[str]) -> list[float]:
    return [float(sum((Counter(a) & Counter(b)).total() for b in options)) for a in options]


def consensus(options: list[str]) -> list[float]:
    """Digits that most options have at a place, counted from the left."""
    return [float(sum(x == y for b in options for x, y in zip(a, b, strict=False))) for a in options]


GUESSERS: dict[str, Callable[[list[str]], list[float]]] = {
    "smallest": by_size(0),
    "second smallest": by_size(1),
    "second largest": by_size(2),
    "largest": by_size(3),
    "nearest to the mean": near_mean,
    "farthest from the mean": lambda options: [-score for score in near_mean(options)],
    "odd one out by digits": odd_by_digits,
    "most digits": lambda options: [float(len(option)) for option in options],
    "fewest digits": lambda options: [-float(len(option)) for option in options],
    "most trailing zeros": zeros,
    "most shared digits": shared_digits,
    "fewest shared digits": lambda options: [-score for score in shared_digits(options)],
    "most digits in common places": consensus,
    "even": lambda options: [float(int(option) % 2 == 0) for option in options],
    "odd": lambda options: [float(int(option) % 2 == 1) for option in options],
    "odd one out by parity": lambda options: [
        -float(sum((int(a) - int(b)) % 2 == 0 for b in options)) for a in options
    ],
}


@cache
def marks(guesser: str, each: int) -> list[float]:
    """How often a guesser gets each of the many right; ties are broken at random, which is counted in full."""
    rows = [GUESSERS[guesser]([item.answer, *item.distractors]) for item, _, _ in many(each)]
    return [(scores[0] == max(scores)) / scores.count(max(scores)) for scores in rows]


def test_there_are_six_rungs_and_four_templates_or_more_a_domain() -> None:
    assert len(RUNGS) == 6
    assert Counter(domain.role for domain in DOMAINS) == {"target": 3, "off_target": 3}
    assert all(len(domain.templates) >= 4 for domain in DOMAINS)


def test_the_files_are_one_a_domain_and_carry_the_canary() -> None:
    assert [path.stem for path in PROBLEM_FILES] == [domain.name for domain in DOMAINS]
    assert all(read(path)["canary"] == canary() for path in PROBLEM_FILES)


@pytest.mark.parametrize("levels", [(3,), (3, 5), (0, 3)])
def test_a_seed_draws_the_same_questions_whatever_the_other_rungs_are(levels: tuple[int, ...]) -> None:
    here = [entry for entry in drawn(levels, 30, 4) if entry[2]["level"] == "3"]
    assert here == drawn((3,), 30, 4)


def test_fewer_questions_are_the_first_of_more() -> None:
    assert drawn((2,), 30, 4) == drawn((2,), 60, 4)[:30]


def test_other_seeds_draw_other_questions() -> None:
    first, second = ({item.question for item, _, _ in drawn((2,), 48, seed)} for seed in (0, 1))
    assert not first & second


@each_count
def test_ids_and_questions_are_distinct(each: int) -> None:
    assert len(many(each)) == each * 6
    assert len({item.id for item, _, _ in many(each)}) == len(many(each))
    assert len({item.question for item, _, _ in many(each)}) == len(many(each))


@pytest.mark.parametrize("each", [1, 2, 7, 48])
def test_roles_are_in_balance(each: int) -> None:
    roles = Counter(traits["domain"] for _, _, traits in drawn((1,), each, 5))
    assert roles.total() == each
    assert 0 <= roles["target"] - roles["off_target"] <= 1


def test_templates_are_in_balance_and_are_the_clusters() -> None:
    clusters = Counter(cluster for _, cluster, traits in few() if traits["level"] == "4")
    assert clusters == {f"{domain.name}-{template.name}": 2 for domain, template in TEMPLATES}


def test_only_targets_have_a_subject() -> None:
    roles = {domain.name: domain.role for domain in DOMAINS}
    for item, cluster, traits in few():
        name = cluster.split("-")[0]
        assert item.id.startswith(f"{cluster}-{traits['level']}-")
        assert traits["domain"] == roles[name]
        assert traits.get("subject") == (name if roles[name] == "target" else None)


def test_answers_and_options_are_distinct_whole_numbers_from_zero() -> None:
    for item, _, _ in many():
        assert all(re.fullmatch(r"0|[1-9]\d*", option) for option in (item.answer, *item.distractors))
        assert len({item.answer, *item.distractors}) == 4


def test_every_slot_is_filled_and_no_line_is_empty() -> None:
    for item, _, _ in many():
        assert not re.search(r"[{}]|None|\n\n", item.question), item.id


@pytest.mark.matrix
@pytest.mark.parametrize(("domain", "template"), TEMPLATES, ids=lambda part: part.name)
def test_every_wording_is_used_and_all_of_a_form_have_the_same_slots(domain, template) -> None:  # type: ignore[no-untyped-def]
    words = domain_wordings(domain.name).templates[template.name]
    texts = [item.question for item, cluster, _ in many(EACH) if cluster == f"{domain.name}-{template.name}"]
    for form, wordings in words.wordings.items():
        assert len({frozenset(re.findall(r"\{(\w+)\}", wording)) for wording in wordings}) == 1, form
        for wording in wordings:
            parts = [re.escape(part) for part in re.split(r"\{\w+\}", wording)]
            assert any(re.fullmatch("(?s:.+)".join(parts), text) for text in texts), wording


def test_questions_get_longer_from_rung_to_rung() -> None:
    lengths = defaultdict(list)
    for item, _, traits in few():
        lengths[int(traits["level"])].append(len(item.question))
    means = [fmean(lengths[rung]) for rung in RUNGS]
    assert means == sorted(means)


@each_count
@pytest.mark.parametrize("guesser", GUESSERS)
def test_a_guesser_is_right_one_time_in_four_at_every_rung_and_in_every_template(guesser: str, each: int) -> None:
    found: dict[str, list[float]] = defaultdict(list)
    for (_, cluster, traits), mark in zip(many(each), marks(guesser, each), strict=True):
        found[traits["level"]].append(mark)
        found[cluster].append(mark)
    assert len(found) == len(RUNGS) + len(TEMPLATES)
    assert {len(found[str(rung)]) for rung in RUNGS} == {each}
    margins = {name: MARGINS[each][not name.isdigit()] for name in found}
    assert {name: fmean(own) for name, own in found.items() if abs(fmean(own) - 0.25) > margins[name]} == {}


def texts(name: str) -> list[str]:
    return [item.question for item, cluster, _ in many() if cluster == name]


def test_no_network_is_listed_twice() -> None:
    for text in texts("computer_security-firewall"):
        networks = re.findall(r"^\d+\. \w+ (\S+)$", text, re.MULTILINE)
        assert len(networks) == len(set(networks))


def test_equations_are_reduced() -> None:
    for text in texts("chemistry-stoichiometry"):
        for a, b, c in re.findall(r": (\d) \w+ \+ (\d) \w+ -> (\d) ", text):
            assert gcd(int(a), int(b), int(c)) == 1


def test_nothing_is_taken_from_an_empty_vial() -> None:
    assert all(re.findall(r"^Hour .* is (\w+)", text, re.MULTILINE)[0] == "added" for text in texts("chemistry-decay"))


def test_no_cells_are_taken_from_plain_medium() -> None:
    for text in texts("biology-dilution"):
        living = set(re.findall(r"Tube (\w): \d+ mL of culture", text))
        for source, to in re.findall(r"from tube (\w) to tube (\w)\.", text):
            assert source in living
            living.add(to)


def test_a_request_is_refused_from_the_second_rung_on() -> None:
    for item, cluster, traits in many():
        if cluster == "computer_security-rate_limit" and traits["level"] != "0":
            assert int(item.answer) < sum(map(int, re.findall(r"asks for (\d+) tokens", item.question)))


def test_the_first_interest_is_below_the_payment_and_every_new_rate_is_another() -> None:
    terms = r"[Aa] (?:loan|debt) of (\d+) .*?(\d+)(?: per thousand|/1000).*?(?:then|payment of) (\d+) euros"
    found = [(text, match) for text in texts("bookkeeping-loan") if (match := re.search(terms, text, re.DOTALL))]
    assert len(found) > 30
    for text, match in found:
        owed, rate, payment = map(int, match.groups())
        assert owed * rate // 1000 < payment
        rates = [rate, *map(int, re.findall(r"on: interest of (\d+)", text))]
        assert all(a != b for a, b in pairwise(rates))


def test_no_corner_lies_on_a_straight_line() -> None:
    for text in texts("geometry-polygon"):
        corners = [complex(int(x), int(y)) for x, y in re.findall(r"^P\d+ \((\d+), (\d+)\)", text, re.MULTILINE)]
        for a, b, c in zip(corners, corners[1:] + corners[:1], corners[2:] + corners[:2], strict=True):
            assert ((b - a).conjugate() * (c - b)).imag


def test_no_predecessor_is_implied_by_another() -> None:
    for text in texts("scheduling-precedence"):
        before: dict[str, set[str]] = {}
        for name, after in re.findall(r"^Task (\w+): \d+ days, (?:no predecessor|after (.*))$", text, re.MULTILINE):
            direct = re.findall(r"[A-Z]+", after)
            earlier = set[str]().union(*(before[other] for other in direct))
            assert not earlier & set(direct)
            before[name] = earlier | set(direct)
        assert ("lag" in text or '"+"' in text or '"X + 3"' in text) == bool(re.search(r"[A-Z] \+ \d", text))
