"""What pages with script need: the playwright package, a Chromium, and how it is started. Pure."""

from __future__ import annotations

import shutil
from importlib.util import find_spec

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# The arguments of every Chromium that is started here.
HARDENED = (
    # A proxy is asked for this machine's own addresses too: no page reaches a service beside us.
    "--proxy-bypass-list=<-loopback>",
    # WebRTC's and QUIC's datagrams would go past the proxy.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    # The name of the same argument in older releases.
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    # Requests that no page asked for.
    "--disable-background-networking",
    "--disable-component-update",
    # Containers have 64 MB of shared memory, and no GPU.
    "--disable-dev-shm-usage",
    "--disable-gpu",
)


def find_browser(chosen: str = "") -> str | None:
    """Path of the Chromium to use (`chosen`: the operator's own), None when there is none."""
    if find_spec("playwright") is None:
        return None
    for name in (chosen,) if chosen else _NAMES:
        if path := shutil.which(name):
            return path
    return None
