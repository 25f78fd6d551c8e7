"""The service behind a socket of this machine."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from price_service.service import Service


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, port: int, service: Service) -> None:
        """Takes the port; 0 takes a free one."""
        super().__init__(("127.0.0.1", port), Handler)
        self.service = service


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    # A client that says nothing is let go after so many seconds.
    timeout = 10

    def do_GET(self) -> None:
        """Answers a GET request."""
        answer = self.server.service.answer(self.path)
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: the metrics count requests."""
