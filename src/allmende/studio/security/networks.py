"""Networks: where a request comes from, kept only as a digest whose key changes daily."""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network

__all__ = ["network_of"]

_DAY_S = 86_400


def network_of(address: str, *, key: bytes, now: int) -> str:
    """The digest of the network (/24, or /48) of an address: the same for a day, then another.

    >>> day = {"key": bytes(32), "now": 0}
    >>> network_of("192.0.2.7", **day) == network_of("192.0.2.99", **day) != network_of("192.0.3.7", **day)
    True
    """
    try:
        found = ip_address(address)
        wide = ip_network(f"{found}/{48 if isinstance(found, IPv6Address) else 24}", strict=False)
        told = str(wide)
    except ValueError:
        told = "unknown"
    today = hmac.digest(key, f"network {now // _DAY_S}".encode(), "sha256")
    return hmac.digest(today, told.encode(), "sha256").hex()[:32]
