"""Store: the folder of a sweep, readable while it grows, every damage named.

    <folder>/sweep.json            what was asked; written first
    <folder>/parameters.parquet    the parameters of every draw
    <folder>/runs/*.parquet        finished runs, a file for each delivery (columns in `sweeps.tables`)
    <folder>/manifest.json         the hash of all results; written last
    <folder>/damaged/              files that were set aside

Only files that are whole (`sweeps.checking`) are read.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from allmende.errors import TooFewError, UnknownNameError
from allmende.model.gathering import variables_of
from allmende.model.recording import MEASURES
from allmende.results import Replay, Results, hash_of
from allmende.sweeps.checking import Damage, Kept, checked
from allmende.sweeps.description import Described, DescribedCase, Manifest, read_form
from allmende.sweeps.design import Piece, pieces_of
from allmende.sweeps.tables import arrays_of, is_flow, key_of_flow

if TYPE_CHECKING:
    import duckdb

__all__ = ["Sweep", "hash_together", "opened", "with_runs"]

DESCRIPTION, MANIFEST, RUNS, PARAMETERS, DAMAGED = (
    "sweep.json", "manifest.json", "runs", "parameters.parquet", "damaged",
)  # fmt: skip
_AT_ONCE = 1 << 28


@dataclass(frozen=True)
class Sweep:
    """A sweep's folder as it was when it was opened.

    Args:
        folder: The folder.
        described: What was asked.
        kept: The whole files of runs.
        damage: The files that are not whole.
    """

    folder: Path
    described: Described
    kept: tuple[Kept, ...]
    damage: tuple[Damage, ...]

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces of the sweep."""
        return pieces_of([case.shape for case in self.described.cases])

    @cached_property
    def done(self) -> frozenset[int]:
        """Numbers of the pieces that are finished."""
        return frozenset(number for each in self.kept for number in range(each.first, each.last + 1))

    @property
    def runs(self) -> int:
        """How many runs the sweep has."""
        return sum(piece.last - piece.first for piece in self.pieces)

    @property
    def finished(self) -> int:
        """How many runs are finished and whole."""
        return sum(piece.last - piece.first for piece in self.pieces if piece.number in self.done)

    @property
    def complete(self) -> bool:
        """Whether every run is finished and whole."""
        return len(self.done) == len(self.pieces)

    def results(self, case: str = "", *, so_far: bool = False) -> Results:
        """The results of a case, as `simulation.simulate` would have returned them.

        Args:
            case: Its name; may be left out when there is one case.
            so_far: Take what is there: as many draws, or replicates when there is one draw, as are finished
                in every future.

        Raises:
            UnknownNameError: there is no such case; the nearest is offered.
            TooFewError: runs are not finished yet.
        """
        number, found = self._case(case)
        worlds = self._paired_worlds(number)
        missing = found.draws * found.replicates - worlds
        draws, replicates = found.draws, found.replicates
        if missing and so_far:
            whole = worlds // replicates if draws > 1 else 1
            draws, replicates = (whole, replicates) if draws > 1 else (1, worlds)
        if draws * replicates == 0 or (missing and not so_far):
            raise TooFewError(
                f"{missing:,} of {missing + worlds:,} worlds of '{found.name}' are not finished in every "
                "future",
                where=str(self.folder),
                next_step="Ask for the sweep again and it goes on; so_far=True takes what is there.",
            )
        measures, flows = arrays_of(
            self._columns(number, found, (draws, replicates)), futures=len(found.futures),
            shape=(draws, replicates, found.months), where=str(self.folder / RUNS),
        )  # fmt: skip
        arguments = {**found.arguments, "draws": draws, "replicates": replicates}
        return Results(
            policies=tuple(found.futures),
            months=np.arange(found.months, dtype=np.int32),
            variables=variables_of(measures),
            parameters=tuple(found.parameters),
            replay=Replay("simulate", arguments, found.seed, self.described.version),
            flows=flows,
            notes=tuple(found.notes),
        )

    def hash(self) -> str:
        """SHA-256 of all results: of the names of the cases and the hashes of their results, in order.

        It depends on what came out alone, not on executor, order, interruptions, or files.

        Raises:
            TooFewError: runs are not finished yet.
        """
        return hash_together(self.hashes())

    def hashes(self) -> dict[str, str]:
        """The hash of the results of each case: what `results(name).hash()` is, in little memory.

        Raises:
            TooFewError: runs are not finished yet.
        """
        if not self.complete:
            raise TooFewError(
                f"{self.runs - self.finished:,} of {self.runs:,} runs are not finished",
                where=str(self.folder),
                next_step="Ask for the sweep again and it goes on.",
            )
        return {each.name: self._hash(number, each) for number, each in enumerate(self.described.cases)}

    def query(self, sql: str) -> dict[str, NDArray[Any]]:
        """The columns of the answer to a query of the tables `runs` and `parameters`, by DuckDB.

        The columns of `runs` are told in `sweeps.tables`; only whole files are read. `parameters` has
        `case_name`, `draw`, `name` and `value`. Null numbers are masked.

        Args:
            sql: One SELECT.

        Raises:
            TooFewError: no run is finished yet.
        """
        import duckdb

        if not self.kept:
            raise TooFewError("no run is finished yet", where=str(self.folder))
        with duckdb.connect() as connection:
            _view(connection, "runs", [each.path for each in self.kept])
            _view(connection, "parameters", [self.folder / PARAMETERS])
            return connection.execute(sql).fetchnumpy()

    def manifest(self) -> Manifest:
        """What was written when the sweep was complete.

        Raises:
            StoreError: it is missing or damaged.
        """
        return read_form(self.folder / MANIFEST, Manifest)

    def _case(self, name: str) -> tuple[int, DescribedCase]:
        names = [each.name for each in self.described.cases]
        if name not in names and (name or len(names) > 1):
            raise UnknownNameError("case", name, names, where=str(self.folder))
        number = names.index(name) if name else 0
        return number, self.described.cases[number]

    def _paired_worlds(self, number: int) -> int:
        """Worlds from the first one on that are finished in every future of a case."""
        unfinished = [
            piece.first for piece in self.pieces if piece.case == number and piece.number not in self.done
        ]
        case = self.described.cases[number]
        return min(unfinished, default=case.draws * case.replicates)

    def _files_of(self, number: int) -> list[Path]:
        mine = [piece.number for piece in self.pieces if piece.case == number]
        return [each.path for each in self.kept if each.first <= mine[-1] and each.last >= mine[0]]

    def _columns(
        self, number: int, case: DescribedCase, size: tuple[int, int], names: Sequence[str] = ()
    ) -> dict[str, NDArray[Any]]:
        """Columns of the runs of a case, all or some; futures are numbers."""
        import duckdb

        draws, replicates = size
        wanted = ", ".join(map(_quoted, names)) if names else "* EXCLUDE (case_name, future)"
        with duckdb.connect() as connection:
            _view(connection, "runs", self._files_of(number))
            return connection.execute(
                "SELECT list_position($1::VARCHAR[], future) - 1 AS future, draw, replicate, month, "  # noqa: S608 - names of columns, quoted
                f"{wanted} FROM runs WHERE case_name = $2 AND draw < $3 AND replicate < $4",
                [case.futures, case.name, draws, replicates],
            ).fetchnumpy()

    def _hash(self, number: int, case: DescribedCase) -> str:
        flows = self._flows(number, case)
        names = [*sorted(MEASURES), *("|".join(key) for key in flows)]
        variables = [(name, MEASURES[name].unit, MEASURES[name].title) for name in sorted(MEASURES)]
        return hash_of(
            policies=case.futures, months=range(case.months), variables=variables, flows=flows,
            parameters=case.parameters, arrays=self._one_by_one(number, case, names),
        )  # fmt: skip

    def _one_by_one(
        self, number: int, case: DescribedCase, names: Sequence[str]
    ) -> Iterator[tuple[str, NDArray[Any]]]:
        """The values of each column, a few in memory at a time."""
        shape = (case.draws, case.replicates, case.months)
        rows = len(case.futures) * case.draws * case.replicates * case.months
        step = max(1, _AT_ONCE // (8 * rows))
        for start in range(0, len(names), step):
            some = names[start : start + step]
            measures, flows = arrays_of(
                self._columns(number, case, shape[:2], some), futures=len(case.futures), shape=shape,
                where=str(self.folder / RUNS),
            )  # fmt: skip
            for name in some:
                yield name, measures[name] if name in measures else flows[key_of_flow(name)]

    def _flows(self, number: int, case: DescribedCase) -> list[tuple[str, str, str]]:
        """The flows that a case has, sorted."""
        import duckdb

        with duckdb.connect() as connection:
            _view(connection, "runs", self._files_of(number))
            columns = [name for name in connection.table("runs").columns if is_flow(name)]
            counts = ", ".join(f"count({_quoted(name)})" for name in columns) or "0"
            told = connection.execute(
                f"SELECT {counts} FROM runs WHERE case_name = $1",  # noqa: S608 - names of columns, quoted
                [case.name],
            ).fetchone()
        return sorted(key_of_flow(name) for name, count in zip(columns, told or (), strict=False) if count)


def opened(folder: Path) -> Sweep:
    """The sweep in a folder, also one that is still running.

    Every byte of its files of runs is checked. What is damaged is told in `Sweep.damage` and not read.

    Raises:
        StoreError: there is no sweep, or the file that describes it is damaged.
    """
    return with_runs(folder, read_form(folder / DESCRIPTION, Described))


def with_runs(folder: Path, described: Described) -> Sweep:
    """The sweep that a folder holds when it is described so."""
    pieces = pieces_of([case.shape for case in described.cases])
    kept, damage = [], []
    for path in sorted((folder / RUNS).glob("*.parquet")):
        one = checked(path, described, pieces)
        if isinstance(one, Kept):
            kept.append(one)
        else:
            damage.append(one)
    return Sweep(folder, described, tuple(kept), tuple(damage))


def hash_together(hashes: Mapping[str, str]) -> str:
    """The hash of a sweep from those of its cases."""
    lines = "".join(f"{value} {name}\n" for name, value in hashes.items())
    return hashlib.sha256(lines.encode()).hexdigest()


def _view(connection: "duckdb.DuckDBPyConnection", name: str, paths: Sequence[Path]) -> None:
    connection.read_parquet([str(path) for path in paths], union_by_name=True).create_view(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
