"""HTTP to addresses that users name. The address is checked where the socket opens: the name is
resolved once, every address it has must be allowed, and the connection goes to one of those.

Redirects are not followed and no proxy of the environment is used: httpcore does neither.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread

import certifi
import httpcore

from control_api.gateways.addresses import Network, address_from_text, refusal_of_address
from control_api.gateways.outbound_url import BadUrl, OutboundUrl, outbound_url_from_text

EXCHANGE_SECONDS = 15.0
CONNECT_SECONDS = 5.0
# Of the body of a POST's answer nothing is used; a short one is read so that the other side can finish.
MAX_BODY_BYTES = 16 * 1024

Resolve = Callable[[str, int], Sequence[str]]


class OutboundError(Exception):
    """There is no answer. The message is for the user: it names no address."""


class OutboundRefused(OutboundError):
    """The URL leads, now, to where we do not go."""


class ExchangeFailed(OutboundError):
    """Name, connection, TLS or protocol failed, or the time was over. Another try may succeed."""


@dataclass(frozen=True, slots=True)
class OutboundAnswer:
    """`body` is that of a GET; of a POST's answer nothing is used."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


_Read = Callable[[httpcore.Response], bytes]


def addresses_of_name(host: str, port: int) -> list[str]:
    """All addresses of the name; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outbound:
    """`allowed`: networks the operator opens although they are not public."""

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve = addresses_of_name,
        exchange_seconds: float = EXCHANGE_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._exchange_seconds = exchange_seconds
        self._tls = tls or ssl.create_default_context(cafile=certifi.where())

    def read_url(self, text: str) -> OutboundUrl:
        """Raises BadUrl for what is never called."""
        return outbound_url_from_text(text, self._allowed)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> OutboundAnswer:
        """One exchange on a connection of its own, within the time for all of it."""
        sent = {**headers, "Content-Length": str(len(body))}
        return self._exchange(_Asked("POST", url, sent, body), _read_a_little)

    def get(self, url: str, headers: Mapping[str, str], *, max_bytes: int) -> OutboundAnswer:
        """The same with the answer's body; a longer one is OutboundRefused, and is not read to its end."""

        def read(response: httpcore.Response) -> bytes:
            body = bytearray()
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > max_bytes:
                    raise OutboundRefused(f"The answer is longer than {max_bytes} bytes")
            return bytes(body)

        return self._exchange(_Asked("GET", url, headers), read)

    def _exchange(self, asked: _Asked, read: _Read) -> OutboundAnswer:
        try:
            target = self.read_url(asked.url)
        except BadUrl as error:
            raise OutboundRefused(f"The URL {error}") from error
        deadline = _Deadline(self._exchange_seconds)
        try:
            return self._answer(target, asked, read, deadline=deadline)
        except httpcore.TimeoutException as error:
            raise ExchangeFailed(f"No answer within {self._exchange_seconds:g} seconds") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise ExchangeFailed(f"The connection failed: {_words(error)}") from error

    def _answer(
        self, url: OutboundUrl, asked: _Asked, read: _Read, *, deadline: _Deadline
    ) -> OutboundAnswer:
        backend = _GuardedBackend(self._allowed, self._resolve, deadline)
        sent = {**asked.headers, "Host": url.host_header}
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream(
                asked.method,
                httpcore.URL(
                    scheme=url.scheme.encode(),
                    host=url.host.encode(),
                    port=url.port,
                    target=url.target.encode(),
                ),
                headers=[(name.encode(), value.encode()) for name, value in sent.items()],
                content=asked.body,
            ) as response,
        ):
            return OutboundAnswer(response.status, _headers(response), read(response))


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float | None = None) -> float:
        """Seconds left, at most `most`; raises when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left if most is None else min(left, most)


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, allowed: Sequence[Network], resolve: Resolve, deadline: _Deadline) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in self._checked_addresses(host, port):
            try:
                stream = self._plain.connect_tcp(
                    address, port, timeout=self._deadline.left(CONNECT_SECONDS)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise OutboundRefused("The URL leads to a local socket")

    def sleep(self, seconds: float) -> None:
        time.sleep(self._deadline.left(seconds))

    def _checked_addresses(self, host: str, port: int) -> list[str]:
        """Addresses without names in them, so that connecting resolves nothing again."""
        literal = address_from_text(host)
        texts = [host] if literal else self._resolve_in_time(host, port)
        checked = []
        for text in texts:
            address = address_from_text(text)
            # One bad address among good ones is what rebinding looks like.
            if address is None or refusal_of_address(address, self._allowed):
                raise OutboundRefused(
                    "The URL leads to an address that is not public, and ALLOWED_NETWORKS does not hold it"
                )
            checked.append(str(address))
        return checked

    def _resolve_in_time(self, host: str, port: int) -> Sequence[str]:
        """The system's resolver takes no time-out and may need half a minute."""
        answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error if isinstance(error, OSError) else OSError("bad host name"))

        Thread(target=ask, name="resolver", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except Empty as error:
            raise httpcore.ConnectTimeout from error
        if isinstance(answer, OSError):
            raise httpcore.ConnectError("the name cannot be resolved") from answer
        return answer


class _DeadlineStream(httpcore.NetworkStream):
    """Time-outs of single reads would let a dripping answer go on for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # The socket's own time-out counts anew for each piece that it takes.
        for start in range(0, len(buffer), MAX_BODY_BYTES):
            piece = buffer[start : start + MAX_BODY_BYTES]
            self._stream.write(piece, self._deadline.left(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }


def _read_a_little(response: httpcore.Response) -> bytes:
    # The status has been given; a body that breaks off changes nothing.
    with contextlib.suppress(
        httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError
    ):
        size = 0
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                break
    return b""


def _words(error: Exception) -> str:
    # httpcore cuts the chain of causes off, but hands the original over as an argument.
    if any(isinstance(part, ssl.SSLError) for part in (error, *error.args)):
        return "TLS error"
    if isinstance(error, httpcore.ProtocolError):
        return "the answer is no HTTP"
    text = str(error)
    return text if text.startswith("the name") else "it could not be made or broke off"
