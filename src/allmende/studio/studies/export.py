"""Export: a study as a folder of pages that work from disk, offline."""

import io
import zipfile
from collections.abc import Iterable, Mapping

__all__ = ["packed"]

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def packed(files: Mapping[str, bytes | str]) -> bytes:
    """Files as a zip archive; the same files give the same bytes.

    Args:
        files: Content by name; names are made from ids, never from what somebody typed.
    """
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _in_order(files):
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return place.getvalue()


def _in_order(files: Mapping[str, bytes | str]) -> Iterable[tuple[str, bytes | str]]:
    return sorted(files.items())
