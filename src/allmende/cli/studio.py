"""`allmende studio`: studies in a browser, published and discussed."""

import os
from pathlib import Path

import click

from allmende.studio.settings import PORT

__all__ = ["command"]


@click.command("studio")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Port.")
@click.option(
    "--db", "database", default="", metavar="URL", help="postgresql://...; an embedded database by default."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--public-url",
    default="",
    metavar="URL",
    help="https://... under which a proxy shows it; needed where --host lets others in.",
)
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder below which records may be opened; may be repeated. By default that of PATH.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where studies are kept; by default allmende/studio among the user's data.",
)
@click.option("--name", default="Allmende studio", show_default=True, help="Name of the site.")
def command(
    *,
    path: str,
    port: int,
    database: str,
    host: str,
    public_url: str,
    roots: tuple[Path, ...],
    folder: Path | None,
    name: str,
) -> None:
    """Open the studio: studies in a browser, published and discussed.

    PATH is a git repository, a wiki dump, a table of events, or case:SLUG; it is measured at once. The
    address to begin at is printed. The studio listens to this machine alone unless told otherwise, and sends
    nothing anywhere.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from allmende.studio.serving import begin, serve
    from allmende.studio.settings import Settings

    place = Path(path).expanduser()
    standard = () if path.startswith(("case:", "economy:")) else (place,)
    settings = Settings(
        folder=(folder or _data_folder()).resolve(),
        database=database,
        roots=tuple(one.resolve() for one in roots or standard),
        host=host,
        port=port,
        public_url=public_url,
        name=name,
    )
    studio, address = begin(settings, path if not standard else str(place.resolve()))
    click.echo(f"The studio: {address}")
    click.echo("Press Ctrl+C to end it; studies stay.", err=True)
    serve(studio)


def _data_folder() -> Path:
    named = os.environ.get("ALLMENDE_STUDIO")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "allmende" / "studio"
