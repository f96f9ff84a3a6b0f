"""Addresses: what a server listens on.

In: a host and a port. Out: a listening socket, and whether only this machine can reach it.
"""

import ipaddress
import socket


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError."""
    # Named with its protocol: asyncio turns Nagle's algorithm off only for such sockets, and
    # delayed acknowledgements would cost 40 ms a call.
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
