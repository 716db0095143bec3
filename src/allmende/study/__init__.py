"""Study: a question in one file, its answer in one folder, and the same hash whenever it is asked again.

study = read_study(Path("study.toml"))
ran = run_study(study, Path("answer"))       # goes on where it was stopped
replayed = replay(Path("answer"))            # from the folder alone, offline
assert replayed.hash == ran.hash
"""

from allmende.study.file import Study, read_study
from allmende.study.folder import Ran, Replayed, opened, replay, run_study
from allmende.study.template import begin

__all__ = ["Ran", "Replayed", "Study", "begin", "opened", "read_study", "replay", "run_study"]
