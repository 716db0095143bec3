"""Targets: what is to be simulated, an economy by its name or a community by its place."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allmende.calibration.fit import Fit
    from allmende.reader import Progress

__all__ = ["target_of"]


def target_of(words: str, *, economy: str, seed: int, progress: "Progress") -> "str | Fit":
    """The name of an economy, or the community at a place, calibrated.

    Where a folder has the name of an economy, the economy is meant; `./commons` names the folder.

    Args:
        words: What the user wrote.
        economy: The economy of a community, for what its record does not say.
        seed: Seed of the draws.
        progress: Told how far reading has come.

    Raises:
        SourceError: something is there, but cannot be read.
        TooFewError: the record is too short or too small to be calibrated.
    """
    from allmende.plugins import find

    if words in find("economy") or not Path(words).expanduser().exists():
        return words

    from allmende.calibration.fitting import calibrate
    from allmende.reader import ReadOptions
    from allmende.reading import read

    community = read(Path(words).expanduser(), options=ReadOptions(progress=progress))
    progress("calibrating", 0, None)
    return calibrate(community, seed=seed, economy=economy)
