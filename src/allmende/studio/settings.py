"""Settings: where the studio keeps things, what it may open, and to whom it listens."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from allmende.errors import AllmendeError

__all__ = ["PORT", "Settings", "loopback"]

PORT = 8642
"""The port unless another is asked for."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone.

    >>> loopback("127.0.0.1"), loopback("0.0.0.0")
    (True, False)
    """
    return host in _LOOPBACK or host.startswith("127.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a studio is told when it starts.

    Args:
        folder: Where versions, jobs, secrets and the database are kept; nobody else may read it.
        database: "" for the embedded database in the folder, or `postgresql://...`.
        roots: Folders below which authors may open records.
        host: Address to listen at.
        port: Port to listen at.
        public_url: Address under which readers reach it, `https://...` behind a proxy; "" for host and port.
        name: Name of the site.
        open_comments: Whether people without an account may comment; what they write is moderated.
        body: Largest body of a request, in bytes.
        jobs_at_once: Jobs that run at the same time.
        jobs_each: Jobs that one account may have waiting or running.
        job_seconds: Longest run of a job.

    Raises:
        AllmendeError: it would be bound to the world without a public address that is encrypted.
    """

    folder: Path
    database: str = ""
    roots: tuple[Path, ...] = ()
    host: str = "127.0.0.1"
    port: int = PORT
    public_url: str = ""
    name: str = "Allmende studio"
    open_comments: bool = True
    body: int = 256 * 1024
    jobs_at_once: int = 1
    jobs_each: int = 3
    job_seconds: int = 1800

    def __post_init__(self) -> None:
        if self.public_url and urlsplit(self.public_url).scheme not in {"http", "https"}:
            raise AllmendeError(
                f"the public address is '{self.public_url}'", expected="https://host of the proxy"
            )
        if not loopback(self.host) and urlsplit(self.public_url).scheme != "https":
            raise AllmendeError(
                f"the studio would listen at {self.host}, where others reach it, without encryption",
                expected="an address of this machine alone, or --public-url https://...",
                next_step="Put a proxy that speaks TLS before it and say under which address.",
            )

    @property
    def origin(self) -> str:
        """Scheme, host and port as browsers write them.

        >>> Settings(folder=Path("x")).origin
        'http://127.0.0.1:8642'
        """
        if self.public_url:
            parts = urlsplit(self.public_url)
            return f"{parts.scheme}://{parts.netloc}"
        return f"http://{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether readers reach it encrypted."""
        return self.origin.startswith("https://")

    @property
    def cookie(self) -> str:
        """Name of the cookie of a session; the `__Host-` form is bound to this host and to encryption."""
        return "__Host-allmende" if self.secure else "allmende"

    @property
    def hosts(self) -> frozenset[str]:
        """What the Host header of a request may say."""
        if self.public_url:
            return frozenset({urlsplit(self.public_url).netloc})
        names = {self.host, *(_LOOPBACK if loopback(self.host) else ())}
        return frozenset(f"[{name}]:{self.port}" if ":" in name else f"{name}:{self.port}" for name in names)

    @property
    def origins(self) -> frozenset[str]:
        """What the Origin header of a request that changes something may say."""
        scheme = "https" if self.secure else "http"
        return frozenset(f"{scheme}://{host}" for host in self.hosts)
