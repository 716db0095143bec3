"""Export: a study as a folder of pages that work from disk, offline, as files and as an archive."""

import io
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path

from allmende.files import partial_of

__all__ = ["packed", "written"]

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
Files = Mapping[str, bytes]


def packed(files: Files) -> bytes:
    """Files as a zip archive; the same files give the same bytes.

    Args:
        files: Content by name; names are made from ids, never from what somebody typed.
    """
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return place.getvalue()


def written(files: Files, folder: Path) -> None:
    """Files as a folder, which takes the place of the one before it.

    Args:
        files: As in `packed`.
        folder: The folder.
    """
    partial = partial_of(folder)
    shutil.rmtree(partial, ignore_errors=True)
    for name, content in files.items():
        place = partial / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
