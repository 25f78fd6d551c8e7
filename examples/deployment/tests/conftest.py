"""What the tests share."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from price_service.server import Server
from price_service.service import Service

Get = Callable[[str], tuple[int, dict[str, str]]]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A version without a fault."""
    service = Service("1" * 40, tmp_path / "data")
    service.open()
    return service


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """Where that version is served."""
    with Server(0, service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def get() -> Get:
    """Sends a GET request and gives the status and the JSON of the answer."""

    def send(url: str) -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except HTTPError as answer:
            with answer:
                return answer.code, json.load(answer)

    return send
