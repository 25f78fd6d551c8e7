"""What the service answers."""

import json
from pathlib import Path

import pytest

from price_service.faults import GOOD_PRICES, HEALTHY_LOOKS, Fault, fault_of
from price_service.service import Service

PRICE = "/gross?net=19.99&rate=21"


def faulty(folder: Path, fault: Fault) -> Service:
    """A version with a fault."""
    service = Service("2" * 40, folder / "data", fault)
    service.open()
    return service


def statuses(service: Service, target: str, count: int) -> list[int]:
    """The statuses of so many answers."""
    return [service.answer(target).status for _ in range(count)]


def test_health_names_the_version(service: Service) -> None:
    """Whoever asks sees which version it is that is healthy."""
    answer = service.answer("/health")
    assert answer.status == 200
    assert json.loads(answer.body) == {"status": "ok", "version": "1" * 40}


def test_another_version_than_the_one_asked_for_is_a_conflict(service: Service) -> None:
    """So that a version that still runs is not taken for the one that should."""
    assert service.answer(f"/health?version={'1' * 40}").status == 200
    assert service.answer(f"/health?version={'2' * 40}").status == 409


def test_price_has_its_tax(service: Service) -> None:
    """The answer is text, so that no reader makes a binary number of it."""
    answer = service.answer(PRICE)
    assert (answer.status, json.loads(answer.body)) == (200, {"gross": "24.19"})


@pytest.mark.parametrize("target", ["/gross", "/gross?net=1", "/gross?net=x&rate=21"])
def test_what_is_no_price_is_a_bad_request(service: Service, target: str) -> None:
    """The answer says what is wrong."""
    answer = service.answer(target)
    assert answer.status == 400
    assert "must be a number" in json.loads(answer.body)["error"]


def test_what_is_not_there_is_not_found(service: Service) -> None:
    """Nothing is served from the disk."""
    assert service.answer("/../etc/passwd").status == 404


def test_metrics_count_requests_and_name_the_version(service: Service) -> None:
    """In the text format of Prometheus."""
    statuses(service, PRICE, 3)
    service.answer("/gross")
    answer = service.answer("/metrics")
    lines = answer.body.splitlines()
    assert answer.type.startswith("text/plain; version=0.0.4")
    assert 'price_service_requests_total{path="/gross",status="200"} 3' in lines
    assert 'price_service_requests_total{path="/gross",status="400"} 1' in lines
    assert f'price_service_info{{version="{"1" * 40}"}} 1' in lines


def test_version_that_turns_unhealthy_does_so_after_a_while(tmp_path: Path) -> None:
    """It outlives the health check, so that only the bake time finds it."""
    service = faulty(tmp_path, Fault.BAKE)
    assert statuses(service, "/health", HEALTHY_LOOKS + 2) == [200] * HEALTHY_LOOKS + [503] * 2


def test_version_that_flaps_is_never_healthy_twice_in_a_row(tmp_path: Path) -> None:
    """Every other look is bad."""
    assert statuses(faulty(tmp_path, Fault.FLAPS), "/health", 4) == [200, 503, 200, 503]


def test_version_with_errors_answers_its_tests_first(tmp_path: Path) -> None:
    """Only who watches the share of errors finds it."""
    answers = statuses(faulty(tmp_path, Fault.ERRORS), PRICE, GOOD_PRICES + 4)
    assert answers == [200] * GOOD_PRICES + [200, 500, 200, 500]


def test_version_that_computes_wrong_prices_is_healthy(tmp_path: Path) -> None:
    """Only who asks for a price finds it."""
    service = faulty(tmp_path, Fault.SMOKE)
    assert service.answer("/health").status == 200
    assert json.loads(service.answer(PRICE).body) == {"gross": "25.19"}


def test_data_of_a_newer_layout_make_every_version_unhealthy(
    service: Service, tmp_path: Path
) -> None:
    """The version that changed them does not help, nor does the one before."""
    newer = faulty(tmp_path, Fault.MIGRATION)
    assert newer.answer("/health").status == 503
    assert "layout 2" in service.answer("/health").body


def test_fault_is_read_from_the_version(tmp_path: Path) -> None:
    """A version without the file has none; an unknown word is refused."""
    assert fault_of(tmp_path) is Fault.NONE
    (tmp_path / "fault.txt").write_text("bake\n")
    assert fault_of(tmp_path) is Fault.BAKE
    (tmp_path / "fault.txt").write_text("rain\n")
    with pytest.raises(ValueError, match="rain"):
        fault_of(tmp_path)
