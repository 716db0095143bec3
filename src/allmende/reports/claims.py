"""Claims: what the theory says, where it holds and where it fails, as a page and on a screen."""

from collections.abc import Iterator, Mapping

from allmende.claim import KINDS, Claim, Side
from allmende.examination.examining import Answer, Examination
from allmende.examination.regions import Region
from allmende.examination.shares import LEVEL, Share, percent
from allmende.exhibits import Bar, Bars, Exhibit, Field
from allmende.reports.claimfigures import figures_of
from allmende.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Notes,
    Paragraph,
    Section,
    Span,
    Table,
)
from allmende.reports.escaping import visible
from allmende.reports.making import made_by

__all__ = ["claims_brief", "claims_page", "in_share", "overview"]

_FEW = 2
_SIDES: Mapping[Side, str] = {
    "for": "speaks for it",
    "against": "speaks against it",
    "both": "speaks for both sides",
}
_READING = (
    (
        "A share of the prior",
        (
            "Each claim is tried at many points of what is believed about the parameters: published "
            "figures with their spread where there are some, wide assumptions where there are none. The "
            "share of points at which it holds says how much of what is believed agrees with it. It is not "
            "the probability that the claim is true: the points are not weighted by any real community."
        ),
    ),
    (
        "Intervals",
        (
            f"They hold the share with {percent(LEVEL)} if more points of the same kind were tried. Other "
            "beliefs would give other shares."
        ),
    ),
    (
        "Readings",
        (
            "A sentence can be taken in several ways. The first reading decides the verdict; the others "
            "stand beside it, among them the strictest."
        ),
    ),
    (
        "Regions",
        (
            "Limits on a few parameters inside which a claim fails, or holds, far more often than "
            "elsewhere. The density among unseen points was measured on points that were not used to find "
            "the region; where no region is better than chance, none is given."
        ),
    ),
    (
        "Reality",
        (
            "On which side of it real communities are is a question for evidence, not for a simulation: "
            "the rows are those of docs/evidence.md, failures and counter-evidence included."
        ),
    ),
)


def in_share(share: Share) -> str:
    """A share with its interval.

    >>> in_share(Share(0.31, 0.34, 0.37, 200))
    '34 % (31-37)'
    """
    ends = [percent(end).removesuffix(" %") for end in (share.low, share.high)]
    return f"{percent(share.mid)} ({ends[0]}-{ends[1]})"


def _unbroken(share: Share) -> str:
    """The same on one line, however narrow its column."""
    return in_share(share).replace(" ", "\u00a0").replace("-", "\u2011")


def claims_page(told: Examination, *, command: str = "", data: str = "") -> Document:
    """The page of an examination.

    Args:
        told: What came out.
        command: The command that makes it again.
        data: The machine-readable form.
    """
    sections = [Section("overview", "Overview", (overview(told),))]
    if len(told) > 1:
        sections.append(Section("shares", "", (_overview_figure(told),)))
    for name in told:
        sections += _sections(told[name])
    sections.append(Section("reading", "How to read this page", (Facts(_READING),), "prose"))
    return Document(
        "Does the theory hold?" if len(told) > 1 else _title(next(iter(told.answers.values()))),
        "Simulated and computed · over what is believed about the parameters",
        tuple(section for section in sections if section.blocks),
        _footer(told, command),
        data,
    )


def claims_brief(told: Examination) -> Document:
    """An examination on a screen: the overview, and each claim whole where few were asked.

    Args:
        told: What came out.
    """
    sections = [Section("overview", "", (overview(told),))]
    if len(told) <= _FEW:
        for name in told:
            answer = told[name]
            blocks: tuple[Block, ...] = (
                Paragraph(visible(answer.claim.says, longest=1000)),
                Facts(_facts(answer)),
                _readings(answer),
                *_regions(answer),
                _evidence(answer.claim),
                Notes(answer.notes),
            )
            sections.append(Section(name, _title(answer), blocks))
    return Document("Claims", "simulated and computed", tuple(sections), _footer(told, ""))


def overview(told: Examination) -> Table:
    """The claims, the share of the prior in which each holds, and its verdict.

    Args:
        told: What came out.
    """
    rows = tuple(
        (
            Cell(name, strong=True),
            Cell(
                answer.claim.title,
                more=f"{answer.claim.says}\n\nThe source says that {KINDS[answer.claim.kind]}.",
            ),
            Cell(
                _unbroken(answer.share),
                strong=True,
                span=Span(answer.share.low, answer.share.mid, answer.share.high),
            ),
            Cell(answer.verdict),
            Cell(_sides(answer.claim), muted=True),
        )
        for name, answer in told.answers.items()
    )
    columns = (
        Column("Claim"),
        Column("In a few words"),
        Column("Holds in this share of the prior"),
        Column("Verdict"),
        Column("Evidence for, against, both"),
    )
    return Table(f"Every claim, with {percent(LEVEL)} intervals", columns, rows)


def _sides(claim: Claim) -> str:
    """How many rows of evidence speak for a claim, against it, and for both sides."""
    sides = [row.side for row in claim.evidence]
    return ", ".join(str(sides.count(side)) for side in _SIDES)


def _overview_figure(told: Examination) -> Figure:
    bars = tuple(
        Bar(f"{name} {taken.name}", taken.share.low, taken.share.mid, taken.share.high, group)
        for name, answer in told.answers.items()
        for place, taken in enumerate(answer.taken)
        for group in ("other readings" if place else "the reading that decides",)
    )
    return figures_of(
        "all",
        Bars(
            "readings",
            "Every claim in every reading",
            f"share of the prior in which it holds, with {percent(LEVEL)} intervals",
            "share",
            bars,
        ),
    )[0]


def _sections(answer: Answer) -> list[Section]:
    name = answer.claim.name.lower()
    figures = tuple(figure for exhibit in answer.exhibits for figure in figures_of(name, exhibit))
    places = tuple(table for exhibit in answer.exhibits for table in _places(exhibit))
    return [
        Section(
            name,
            _title(answer),
            (Paragraph(visible(answer.claim.says, longest=1000)), Facts(_facts(answer))),
            "prose",
        ),
        Section(f"{name}-charts", "", figures, "grid"),
        Section(
            f"{name}-tables",
            "",
            (*places, _readings(answer), *_regions(answer), _evidence(answer.claim), Notes(answer.notes)),
        ),
    ]


def _title(answer: Answer) -> str:
    return visible(f"{answer.claim.name} · {answer.claim.title}")


def _facts(answer: Answer) -> tuple[tuple[str, str], ...]:
    return (
        (
            "Verdict",
            (
                f"{answer.verdict[:1].upper()}{answer.verdict[1:]}: it holds in {in_share(answer.share)} "
                f"of the prior. The source says that {KINDS[answer.claim.kind]}."
            ),
        ),
        ("What was found", answer.found),
        ("On which side reality is", visible(answer.claim.reality, longest=1000)),
        ("The test", visible(answer.claim.test, longest=2000)),
        ("Tried at", f"{answer.points:,} points, {answer.share.draws:,} draws of parameters"),
    )


def _readings(answer: Answer) -> Table:
    rows = tuple(
        (
            Cell(taken.name, strong=not place),
            Cell(taken.says, muted=True),
            Cell(
                _unbroken(taken.share),
                strong=not place,
                span=Span(taken.share.low, taken.share.mid, taken.share.high),
            ),
        )
        for place, taken in enumerate(answer.taken)
    )
    columns = (Column("Reading"), Column("It holds where"), Column("Share of the prior"))
    return Table("Ways to take it; the first decides", columns, rows)


def _regions(answer: Answer) -> Iterator[Table]:
    for caption, found in (("Where it fails", answer.fails), ("Where it holds", answer.holds)):
        rows = tuple(row for place, region in enumerate(found, 1) for row in _region_rows(place, region))
        if rows:
            columns = (
                Column("Limit"),
                Column("Rests on"),
                Column("What it means"),
            )
            yield Table(f"{caption}: regions found by PRIM", columns, rows)
    if not answer.fails and not answer.holds:
        yield Table(
            "Where it fails",
            (Column("Regions"),),
            ((Cell("No region of a few limits tells failing from holding better than chance."),),),
        )


def _region_rows(place: int, region: Region) -> Iterator[tuple[Cell, ...]]:
    told = (
        f"Region {place}: {percent(region.density)} of the points inside ({percent(region.unseen)} of "
        f"unseen ones), {percent(region.coverage)} of all such points, {percent(region.mass)} of the prior"
    )
    yield (Cell(told, group=True),)
    for bound in region.bounds:
        yield (
            Cell(visible(bound.words)),
            Cell(bound.provenance, muted=True),
            Cell(bound.meaning, muted=True),
        )


def _evidence(claim: Claim) -> Table:
    rows = tuple((Cell(row.id), Cell(_SIDES[row.side]), Cell(row.says)) for row in claim.evidence)
    return Table("On which side reality is", (Column("Row"), Column("It"), Column("What it says")), rows)


def _places(exhibit: Exhibit) -> Iterator[Table]:
    if not isinstance(exhibit, Field):
        return
    rows = tuple(
        (
            Cell(case.name),
            Cell(" or ".join(case.predicted) or "off the map"),
            Cell(" or ".join(case.seen)),
            Cell("yes" if case.agrees else "no", strong=not case.agrees),
            Cell(case.rests_on, muted=True),
        )
        for case in exhibit.cases
    )
    if rows:
        columns = (
            Column("Community"),
            Column("The model puts it in"),
            Column("The evidence sees"),
            Column("Agree"),
            Column("Its place and outcome rest on"),
        )
        yield Table("Real communities on the map", columns, rows)


def _footer(told: Examination, command: str) -> tuple[tuple[str, str], ...]:
    return made_by(
        command,
        ("Seed and size", f"{told.seed}, {told.size}"),
        ("Hash of the results", told.hash()[:16]),
        release=told.version,
    )
