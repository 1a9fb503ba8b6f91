"""Certificates of each kind that goes wrong, and a TLS server for each."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """An issuer of one's own."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._folder = folder
        made = self._built("Test Authority", "Test Authority", self._key, NOW - DAY, NOW + 9 * DAY)
        self.certificate = folder / "authority.pem"
        self.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, host: str, *, before: datetime = NOW - DAY, after: datetime = NOW + DAY
    ) -> Path:
        """A PEM file with key and certificate."""
        return self._written(host, "Test Authority", self._key, before, after)

    def self_signed(self, host: str) -> Path:
        return self._written(host, host, None, NOW - DAY, NOW + DAY)

    def _written(
        self,
        host: str,
        issuer: str,
        signer: ec.EllipticCurvePrivateKey | None,
        before: datetime,
        after: datetime,
    ) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._built(host, issuer, signer or key, before, after, key=key)
        path = self._folder / f"{len(list(self._folder.iterdir()))}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        return path

    def _built(
        self,
        host: str,
        issuer: str,
        signer: ec.EllipticCurvePrivateKey,
        before: datetime,
        after: datetime,
        *,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> x509.Certificate:
        is_authority = key is None
        return (
            x509.CertificateBuilder()
            .subject_name(_name(host))
            .issuer_name(_name(issuer))
            .public_key((key or signer).public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(before)
            .not_valid_after(after)
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .sign(signer, hashes.SHA256())
        )


@contextmanager
def tls_server(pem: Path) -> Iterator[int]:
    """Its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<h1>Hello</h1>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """Whoever does not trust us hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
