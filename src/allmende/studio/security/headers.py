"""Headers: what every answer says, so that browsers refuse what a page never needs."""

from allmende.studio.settings import Settings

__all__ = ["POLICY", "headers"]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)
"""The content security policy of every answer: no inline script, no eval, nothing from elsewhere."""


def headers(settings: Settings) -> list[tuple[bytes, bytes]]:
    """The headers of every answer."""
    said = {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
    if settings.secure:
        said["strict-transport-security"] = "max-age=31536000"
    return [(name.encode(), value.encode()) for name, value in said.items()]
