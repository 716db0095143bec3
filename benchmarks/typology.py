"""How well communities are placed: the casebook by itself, another coder's facts, records alone, worlds.

    python -P benchmarks/typology.py                   the casebook, each community placed by the others
    python -P benchmarks/typology.py labels            another coder's facts and labels of 77 communities
    python -P benchmarks/typology.py coders         two coders' facts about the same communities
    python -P benchmarks/typology.py records           the same communities from their logs alone
    python -P benchmarks/typology.py wikis             what is measured on wikis
    python -P benchmarks/typology.py clones PATH...    what is measured on clones, against coded facts
    python -P benchmarks/typology.py worlds 100        simulated economies, a hybrid, and two policies

Facts, labels and logs of others stand beside the project (`shared/data`); printed are figures over them.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
# Last, so that scripts of this folder hide no installed package.
sys.path.append(str(Path(__file__).resolve().parent))

from typology_scores import calibration, confusion, curve, kappa, row, scores, shares, table, vector

import allmende
from allmende.aggregation import panel_of
from allmende.answers import answer, complete_window, indicators
from allmende.months import parse
from allmende.panel import Panel
from allmende.reader import ReadOptions
from allmende.reading import read
from allmende.typology import placement
from allmende.typology.casebook import CONFLICT, Case, case, cases, likelihoods
from allmende.typology.codebook import CODEBOOK, ECONOMIES
from allmende.typology.facts import Period
from allmende.typology.measured import measured_evidence
from allmende.typology.placement import place_evidence, statements
from allmende.typology.placing import place
from shared_facts import SAME, dossiers, labelled, other_coder
from shared_logs import SHARED, community_panels

SOURCE = (
    "youtube-2006",
    "linux-1993",
    "linux-2007",
    "mozilla-2006",
    "apache-2005",
    "eclipse-2002",
    "eclipse-2005",
)
NOW = parse("2026-11")
MARGINS = (0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0)
ASKED = ("shared_work_share", "repeated_dyads", "employed_share_at_least", "elephant_factor")
WIKI = Path(allmende.__file__).parent / "mappings" / "wiki-revisions.toml"


def casebook() -> None:
    """Every case, placed by what the cases of other communities teach."""
    found = {
        slug: place_evidence(statements(one.period.facts, {}), likelihoods(without=one.community))
        for slug, one in cases().items()
    }
    table("The table of the source, from facts alone", ("case", "source", "answer", *ECONOMIES))
    for slug in SOURCE:
        wanted = case(slug).label if case(slug).label != CONFLICT else "conflict expected"
        row(slug, wanted, found[slug].verdict, *(f"{share:.2f}" for share in shares(found[slug])))
    pairs = [(one.label, found[slug].verdict) for slug, one in cases().items()]
    confusion(pairs, f"{len(pairs)} cases, each community left out of what places it")
    plain = [(label, said) for label, said in pairs if label != CONFLICT]
    majority = Counter(label for label, _ in plain).most_common(1)[0]
    right = sum(label == said for label, said in plain)
    leading = sum(one.label == found[slug].leading for slug, one in cases().items() if one.label != CONFLICT)
    print(f"\nWith one economy as label: {right} of {len(plain)} answered so ({right / len(plain):.0%}),")
    print(f"largest share right in {leading} ({leading / len(plain):.0%}); the most frequent label,")
    print(f"{majority[0]}, would be right in {majority[1]} ({majority[1] / len(plain):.0%}).")
    wrong = {slug: one for slug, one in cases().items() if one.label != found[slug].verdict}
    table("Not answered as labelled", ("case", "label", "answer", "why"))
    for slug, one in wrong.items():
        row(slug, one.label, found[slug].verdict, found[slug].reason)
    given = np.array([shares(one) for one in found.values()])
    truth = np.array([vector(one.credence) for one in cases().values()])
    scores(given, truth, "Scores against coders' credence")
    calibration(given, truth, "Calibration")
    curve(given, truth)
    margins()


def margins() -> None:
    """How many cases would not be answered as labelled if contradictions had to be clearer, or less clear."""
    table("Margin of a contradiction", ("likelihood ratio, log", "cases not as labelled"))
    kept = placement.CONFLICT_MARGIN
    for margin in MARGINS:
        placement.CONFLICT_MARGIN = margin / placement.SOFTENING
        wrong = sum(
            place_evidence(statements(one.period.facts, {}), likelihoods(without=one.community)).verdict
            != one.label
            for one in cases().values()
        )
        row(margin, wrong)
    placement.CONFLICT_MARGIN = kept


def labels() -> None:
    """Another coder's facts, placed by the casebook, against the coder's labels."""
    rows = labelled()
    found = [
        place_evidence(statements(one.period.facts, {}), likelihoods(without=SAME.get(one.community, "")))
        for one in rows
    ]
    table("Answers by how sure the coder was", ("coder", "periods", "as labelled", "conflict", "otherwise"))
    for certainty in ("clear", "leaning", "genuine_conflict"):
        kinds = Counter(
            "same" if said.verdict == one.label else CONFLICT if said.verdict == CONFLICT else "other"
            for one, said in zip(rows, found, strict=True)
            if one.certainty == certainty
        )
        row(certainty.replace("_", " "), sum(kinds.values()), kinds["same"], kinds[CONFLICT], kinds["other"])
    confusion(
        [(one.label, said.verdict) for one, said in zip(rows, found, strict=True)],
        f"{len(rows)} periods of {len({one.community for one in rows})} communities",
    )
    majority = Counter(one.label for one in rows).most_common(1)[0]
    print(
        f"\nThe most frequent label, {majority[0]}, is that of {majority[1]} ({majority[1] / len(rows):.0%})."
    )
    table(
        "Neither as labelled nor, where the coder saw one, a conflict", ("period", "label", "answer", "why")
    )
    for one, said in zip(rows, found, strict=True):
        expected = {one.label, CONFLICT} if one.certainty == "genuine_conflict" else {one.label}
        if said.verdict not in expected:
            start = 1970 + one.period.start // 12
            row(f"{one.community} {start}", f"{one.label}, {one.certainty}", said.verdict, said.reason)
    given = np.array([shares(one) for one in found])
    truth = np.array([vector(one.credence) for one in rows])
    scores(given, truth, "Scores against the coder's credence")
    calibration(given, truth, "Calibration")
    curve(given, truth)


def pairs() -> list[tuple[Case, Period]]:
    """Cases of the casebook with the period of the other coder that shares most months with each."""
    written = [(SAME.get(name, name).casefold(), period) for name, period in other_coder()]
    found = []
    for one in cases().values():
        rivals = [period for name, period in written if name == one.community.casefold()]
        best = max(rivals, key=lambda period: common_months(one.period, period), default=None)
        if best is not None and common_months(one.period, best) > 0:
            found.append((one, best))
    return found


def common_months(one: Period, other: Period) -> int:
    ends = [period.stop if period.stop is not None else NOW for period in (one, other)]
    return min(ends) - max(one.start, other.start)


def coders() -> None:
    """How far two coders agree on facts, and where the other's facts are placed."""
    both = pairs()
    table(f"{len(both)} cases coded twice", ("fact", "coded by both", "an answer in common", "kappa"))
    for criterion in CODEBOOK:
        answers = [
            (one.period.facts[criterion.name], other.facts[criterion.name])
            for one, other in both
            if criterion.name in one.period.facts and criterion.name in other.facts
        ]
        if answers:
            same = sum(bool(set(mine) & set(theirs)) for mine, theirs in answers)
            row(criterion.name, len(answers), f"{same / len(answers):.2f}", f"{kappa(answers):.2f}")
    placed = [
        place_evidence(statements(other.facts, {}), likelihoods(without=one.community)) for one, other in both
    ]
    confusion(
        [(one.label, said.verdict) for (one, _), said in zip(both, placed, strict=True)],
        "The other coder's facts against the casebook's labels",
    )
    table("Not answered as labelled", ("case", "label", "answer", "why"))
    for (one, _), said in zip(both, placed, strict=True):
        if said.verdict != one.label:
            row(one.slug, one.label, said.verdict, said.reason)
    truth = np.array([vector(one.credence) for one, _ in both])
    scores(np.array([shares(one) for one in placed]), truth, "Scores against the casebook's credence")


def records() -> None:
    """Logs alone, and logs with facts: what the record adds to a coder's facts."""
    answers: Counter[str] = Counter()
    same = 0
    told = dossiers()
    logs = {name: panel for name, panel in community_panels().items() if name in told}
    for name, panel in logs.items():
        alone = place(panel, replicates=20)
        answers[alone.last.verdict] += 1
        facts_only, both = (place(given, facts=told[name], replicates=20) for given in (None, panel))
        same += facts_only.last.verdict == both.last.verdict
    print(f"\n{len(logs)} logs without facts: {dict(answers)}.")
    print(f"With facts: the record leaves the answer as facts alone have it in {same}.")


def busiest(panel: Panel) -> tuple[int, int]:
    """The twelve months with most acts."""
    acts = np.bincount(panel.month - panel.start, panel.count, minlength=panel.stop - panel.start)
    length = min(12, len(acts))
    start = panel.start + int(np.argmax(np.convolve(acts, np.ones(length), "valid")))
    return start, start + length


def measured(name: str, panel: Panel, coded: str, span: tuple[int, int]) -> None:
    window = panel.between(*span)
    answers = {one.indicator: one for one in answer(indicators(ASKED), window, replicates=50)}
    levels = {
        one.criterion: max(one.levels, key=lambda level: one.levels[level])
        for one in measured_evidence(window, list(answers.values()))
    }
    told = []
    for indicator in ASKED[:3]:
        one = answers[indicator]
        width = f" ({one.interval.low:.2f} to {one.interval.high:.2f})" if one.interval else ""
        told.append("" if one.value is None else f"{one.value:.2f}{width}")
    row(name, *told, levels.get("decision", ""), coded)


HEADS_MEASURED = (
    "community",
    "K2 shared works",
    "K3 repeated pairs",
    "K7 employed at least",
    "K6",
    "coded K6",
)


def wikis() -> None:
    """Wikis, each a common artefact made of pages."""
    import duckdb

    source = str(SHARED / "other" / "wiki_revisions.parquet")
    connection = duckdb.connect()
    names = connection.execute(
        "select distinct community from read_parquet($source) order by 1", {"source": source}
    ).fetchall()
    table("Wikis, in their busiest twelve months", HEADS_MEASURED)
    with TemporaryDirectory() as folder:
        for number, (name,) in enumerate(names):
            part = str(Path(folder) / f"wiki{number}.parquet")
            connection.execute(
                "copy (select * from read_parquet($source) where community = $name order by time) "
                "to $part (format parquet)",
                {"source": source, "name": name, "part": part},
            )
            options = ReadOptions(touches=True, mapping=WIKI, cache=False)
            panel = panel_of(read(part, options=options))
            measured(name, panel, "", busiest(panel))


def clones(paths: Sequence[str]) -> None:
    """What is measured on clones in their last complete year."""
    told = {name: one.periods[-1] for name, one in dossiers().items()}
    table("Clones", HEADS_MEASURED)
    for path in paths:
        community = read(path, options=ReadOptions(touches=True))
        name = next(
            (one for one in told if one in Path(path).parts[-3:] or f"+{one}" in path), community.name
        )
        coded = ", ".join(told[name].facts.get("decision", ())) if name in told else ""
        panel = panel_of(community)
        measured(name, panel, coded, complete_window(panel))


def worlds(count: int) -> None:
    """Simulated communities, placed from their panels and the facts that their rules imply."""
    from dataclasses import replace

    from allmende.model.institutions import Foundation
    from allmende.plugins import get
    from allmende.simulation import diary
    from allmende.typology.implied import implied_facts

    table(f"{count} worlds of each economy", ("world", "answers", *ECONOMIES, "least leading share"))
    named = {name: get("economy", name) for name in (*ECONOMIES, "benefit_sharing")}
    shared = (replace(named["sharing"].institutions[0], share=0.55),)
    for title, found in {
        **named,
        "sharing, revenue shared": replace(named["sharing"], institutions=shared),
        # Whoever gives to a foundation is a parameter, which sharing has none of.
        "sharing, foundation added": replace(
            named["benefit_sharing"], institutions=(*named["sharing"].institutions, Foundation())
        ),
    }.items():
        rules = found.rules()
        facts = implied_facts(title, rules, found.works)
        placed = [
            place(
                diary(found, members=200, months=24, seed=seed),
                facts=facts,
                replicates=10,
            ).last
            for seed in range(count)
        ]
        means = np.mean([shares(one) for one in placed], axis=0)
        answers = ", ".join(f"{n} {name}" for name, n in Counter(one.verdict for one in placed).most_common())
        least = min(max(shares(one)) for one in placed)
        row(title, answers, *(f"{mean:.3f}" for mean in means), f"{least:.3f}")


def main(words: Sequence[str]) -> None:
    match words:
        case []:
            casebook()
        case ["labels"]:
            labels()
        case ["coders"]:
            coders()
        case ["records"]:
            records()
        case ["wikis"]:
            wikis()
        case ["clones", *paths] if paths:
            clones(paths)
        case ["worlds", count]:
            worlds(int(count))
        case _:
            print(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
