"""Claims table: the claims and their verdicts in Markdown, for a page of the documentation."""

from collections.abc import Iterator

from allmende.examination.examining import Answer, Examination
from allmende.examination.regions import Region, in_words
from allmende.examination.shares import percent
from allmende.exhibits import Field
from allmende.reports.claims import in_share

__all__ = ["claims_markdown"]


def claims_markdown(told: Examination) -> str:
    """The overview, every reading, the regions, and real communities on the map, as Markdown.

    Args:
        told: What came out.
    """
    lines = [
        "| claim | holds in | verdict | on which side reality is |",
        "| --- | --- | --- | --- |",
        *(
            f"| **{name}** {answer.claim.title} | {in_share(answer.share)} | {answer.verdict} "
            f"| {answer.claim.reality} |"
            for name, answer in told.answers.items()
        ),
    ]
    for name in told:
        lines += ["", f"## {name}: {told[name].claim.title}", "", *_claim(told[name])]
    return "\n".join(lines) + "\n"


def _claim(answer: Answer) -> Iterator[str]:
    claim = answer.claim
    yield f"> {claim.says}"
    yield ""
    yield f"**Test.** {claim.test}"
    yield ""
    yield f"**Found.** {answer.found}"
    yield ""
    yield "| reading | it holds where | share of the prior |"
    yield "| --- | --- | --- |"
    for taken in answer.taken:
        yield f"| {taken.name} | {taken.says} | {in_share(taken.share)} |"
    yield ""
    regions = (*(("fails", each) for each in answer.fails), *(("holds", each) for each in answer.holds))
    if regions:
        yield "| it | where | density (unseen) | of all such points | of the prior |"
        yield "| --- | --- | --- | --- | --- |"
        for what, region in regions:
            yield _region(what, region)
    else:
        yield "No region of a few limits tells failing from holding better than chance."
    yield ""
    yield from _places(answer)
    rows = [f"{row.id} ({row.side}): {row.says}" for row in claim.evidence]
    yield f"**Evidence.** {'; '.join(rows)}."
    yield ""
    yield f"**Not in it.** {' '.join(answer.notes)}"


def _region(what: str, region: Region) -> str:
    return (
        f"| {what} | {in_words(region)} | {percent(region.density)} ({percent(region.unseen)}) "
        f"| {percent(region.coverage)} | {percent(region.mass)} |"
    )


def _places(answer: Answer) -> Iterator[str]:
    cases = [case for exhibit in answer.exhibits if isinstance(exhibit, Field) for case in exhibit.cases]
    if cases:
        yield "| community | the model puts it in | the evidence sees | agree | rests on |"
        yield "| --- | --- | --- | --- | --- |"
        for case in cases:
            yield (
                f"| {case.name} | {' or '.join(case.predicted)} | {' or '.join(case.seen)} "
                f"| {'yes' if case.agrees else 'no'} | {case.rests_on} |"
            )
        yield ""
