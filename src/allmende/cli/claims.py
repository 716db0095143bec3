"""`allmende claims`: does the theory hold, where does it fail, and on which side is reality?"""

import sys
from pathlib import Path

import click

from allmende.cli.options import OUT
from allmende.cli.writing import refuse_unwritable, write_page_and_data

__all__ = ["command"]


@click.command("claims")
@click.argument("names", nargs=-1, metavar="[S1 ...]")
@click.option("--quick", is_flag=True, help="Fewer and smaller worlds: seconds, with wide intervals.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the study.")
@click.option(
    "--threads", type=click.IntRange(min=1), default=None, help="How many threads; all processors by default."
)
@click.option(
    "--html",
    type=OUT,
    is_flag=False,
    flag_value="claims.html",
    metavar="[FILE]",
    help="Write the page: one file that needs no network; claims.html unless named.",
)
@click.option("--json", type=OUT, metavar="FILE", help="Write everything that came out as JSON.")
@click.option("--markdown", type=OUT, metavar="FILE", help="Write the tables as Markdown.")
def command(
    *,
    names: tuple[str, ...],
    quick: bool,
    seed: int,
    threads: int | None,
    html: Path | None,
    json: Path | None,
    markdown: Path | None,
) -> None:
    """Try the claims of the theory over everything that is believed about the parameters.

    Without names all of them: S1 to S8. Says in which share of what is believed each holds, in which region
    it fails, and which evidence speaks for or against it. All at full size take minutes.
    """
    for place in (html, json, markdown):
        refuse_unwritable(place)

    from allmende.cli.progress import shown_progress
    from allmende.examination.examining import claims
    from allmende.reports.claims import claims_brief
    from allmende.reports.terminal import show

    with shown_progress() as progress:
        told = claims(names, seed=seed, quick=quick, threads=threads, progress=progress)
    show(claims_brief(told), sys.stdout)

    from allmende.reports.claimsfile import claims_json
    from allmende.reports.claimstable import claims_markdown

    write_page_and_data(told, claims_json, html=html, json=json)
    if markdown is not None:
        markdown.expanduser().write_text(claims_markdown(told), encoding="utf-8")
        click.echo(f"The tables: {markdown}", err=True)
