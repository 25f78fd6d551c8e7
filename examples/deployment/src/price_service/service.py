"""What the service answers. Nothing here knows of sockets."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from price_service.faults import Fault, is_healthy_at, is_priced_at
from price_service.prices import PriceError, gross

# The newest layout of the data that this program understands.
SCHEMA = 1
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """A status, and a body of a type."""

    status: HTTPStatus
    body: str
    type: str = "application/json"


@dataclass
class Service:
    """One running version.

    Attributes:
        version: What it is called; the full hash of its commit.
        data: The folder with its data, which other versions use as well.
        fault: What is wrong with it.
    """

    version: str
    data: Path
    fault: Fault = Fault.NONE
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _looks: int = 0
    _prices: int = 0
    _requests: Counter[tuple[str, int]] = field(default_factory=Counter[tuple[str, int]])

    def open(self) -> None:
        """Sees to the data. Has to be called before anything is answered."""
        self.data.mkdir(parents=True, exist_ok=True)
        schema = self.data / "schema"
        if not schema.exists():
            schema.write_text(f"{SCHEMA}\n", "utf-8")
        if self.fault is Fault.MIGRATION:
            schema.write_text(f"{SCHEMA + 1}\n", "utf-8")

    def answer(self, target: str) -> Answer:
        """Answers a GET request.

        Args:
            target: The path and the query, such as `/gross?net=1&rate=21`.
        """
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        answers = {"/health": self._health, "/gross": self._gross, "/metrics": self._metrics}
        if parts.path not in answers:
            return _json(HTTPStatus.NOT_FOUND, error=f"there is no {parts.path}")
        answer = answers[parts.path](query)
        with self._lock:
            self._requests[parts.path, answer.status] += 1
        return answer

    def _health(self, query: dict[str, str]) -> Answer:
        wanted = query.get("version", self.version)
        if wanted != self.version:
            return _json(HTTPStatus.CONFLICT, status="another version", version=self.version)
        with self._lock:
            self._looks += 1
            is_healthy = is_healthy_at(self.fault, self._looks)
        schema = int((self.data / "schema").read_text("utf-8"))
        if schema > SCHEMA:
            status = f"the data have layout {schema}, and {SCHEMA} is the newest that is known"
        else:
            status = "ok" if is_healthy else "overloaded"
        code = HTTPStatus.OK if status == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
        return _json(code, status=status, version=self.version)

    def _gross(self, query: dict[str, str]) -> Answer:
        with self._lock:
            self._prices += 1
            is_priced = is_priced_at(self.fault, self._prices)
        if not is_priced:
            return _json(HTTPStatus.INTERNAL_SERVER_ERROR, error="out of memory")
        try:
            price = gross(query.get("net", ""), query.get("rate", ""))
        except PriceError as error:
            return _json(HTTPStatus.BAD_REQUEST, error=str(error))
        if self.fault is Fault.SMOKE:
            price += Decimal(1)
        return _json(HTTPStatus.OK, gross=str(price))

    def _metrics(self, _: dict[str, str]) -> Answer:
        name = "price_service_requests_total"
        lines = [f"# HELP {name} Requests that were answered.", f"# TYPE {name} counter"]
        with self._lock:
            requests = sorted(self._requests.items())
        lines += [
            f'{name}{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in requests
        ]
        name = "price_service_info"
        lines += [f"# HELP {name} The version that runs.", f"# TYPE {name} gauge"]
        lines += [f'{name}{{version="{self.version}"}} 1', ""]
        return Answer(HTTPStatus.OK, "\n".join(lines), METRICS_TYPE)


def _json(code: HTTPStatus, /, **fields: str) -> Answer:
    return Answer(code, f"{json.dumps(fields)}\n")
