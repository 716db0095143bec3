"""A pool on a Ray cluster: the user's own where there is one, else one on this machine for the run.

Ray retries nothing here; `running` does, as for every executor, so that a row that kills its workers is
named. A cluster started here listens on the loopback interface alone and admits only who has its
token, has no dashboard, reports no usage, and keeps its files in a folder that is removed with it.
"""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from allmende.errors import AllmendeError
from allmende.executors.pools import THREADS, Finished, Lost, Outcome, Pool, Task, attempt, usable_cpus

__all__ = ["OnRay", "keep_private", "open_ray"]

_OBJECT_STORE = 256 << 20
_LONGEST_FOLDER = 30


class OnRay:
    """Several tasks at a time on a Ray cluster."""

    def __init__(self, ray: Any, function: Callable[[Any], Any], workers: int | None) -> None:
        self._folder = "" if ray.is_initialized() else _begin(ray, workers)
        self.workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        self.batch = 1.0
        self._ray = ray
        self._attempt = ray.remote(num_cpus=1, max_retries=0)(_attempt_alone)
        self._function = ray.put(function)
        self._running: dict[Any, Task] = {}

    def submit(self, task: Task, /) -> None:
        """Hand the task to the cluster."""
        self._running[self._attempt.remote(self._function, task.rows)] = task

    def collect(self) -> list[tuple[Task, Outcome]]:
        """Wait for the cluster."""
        done, _ = self._ray.wait(list(self._running), num_returns=1)
        return [(self._running.pop(reference), self._outcome(reference)) for reference in done]

    def close(self) -> None:
        """Cancel what is in work; end the cluster if it was started for this run."""
        if self._folder:
            self._ray.shutdown()
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        for reference in self._running:
            self._ray.cancel(reference, force=True)
        self._running.clear()

    def _outcome(self, reference: Any) -> Outcome:
        exceptions = self._ray.exceptions
        try:
            outcome: Outcome = self._ray.get(reference)
        except exceptions.RayTaskError as error:
            # `attempt` catches all that the function raises: this is an answer that could not be sent.
            return Finished((), 0.0, AllmendeError(f"the answer cannot be sent between machines: {error}"))
        except exceptions.RayError as error:
            return Lost(f"Ray says: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
        return outcome


def open_ray(function: Callable[[Any], Any], workers: int | None) -> Pool:
    """A pool on Ray: the connected cluster, that of RAY_ADDRESS, or one made for this run.

    Raises:
        AllmendeError: Ray is not installed.
    """
    if not os.environ.get("RAY_ADDRESS") and "ray" not in sys.modules:
        keep_private()
    try:
        import ray
    except ImportError as error:
        raise AllmendeError(
            "executor 'ray' needs the package ray, which is not installed",
            next_step='Install it with: pip install "allmende[ray]"',
        ) from error
    return OnRay(ray, function, workers)


def keep_private() -> None:
    """Set the environment so that a cluster started later by this process is this user's alone.

    To be called before Ray is imported, which is when Ray reads it.
    """
    # Without the last one Ray replaces a loopback address by that of the network card and listens on
    # every interface.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")


def _begin(ray: Any, workers: int | None) -> str:
    # Workers import what the caller can import, as spawned processes do.
    paths = ray.job_config.JobConfig(_py_driver_sys_path=[path for path in sys.path if path])
    if address := os.environ.get("RAY_ADDRESS"):
        ray.init(address=address, job_config=paths, log_to_driver=False, configure_logging=False)
        return ""
    # Ray puts sockets in it, whose names the system limits to 107 bytes.
    short = len(tempfile.gettempdir()) <= _LONGEST_FOLDER
    folder = tempfile.mkdtemp(prefix="ray-", dir=None if short else "/tmp")  # noqa: S108 - made private
    ray.init(
        num_cpus=workers or usable_cpus(),
        job_config=paths,
        include_dashboard=False,
        log_to_driver=False,
        configure_logging=False,
        object_store_memory=_OBJECT_STORE,
        _node_ip_address="127.0.0.1",
        _temp_dir=folder,
    )
    return folder


def _attempt_alone(function: Callable[[Any], Any], rows: Sequence[Any]) -> Outcome:
    os.environ[THREADS] = "1"
    return attempt(function, rows)
