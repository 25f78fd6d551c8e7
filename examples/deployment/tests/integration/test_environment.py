"""The deployed service, seen from outside: runs against staging after a deployment to it."""

import os

import pytest

from conftest import Get

URL = os.environ.get("SPEC2PROD_ENVIRONMENT_URL", "")
VERSION = os.environ.get("SPEC2PROD_VERSION", "")


def test_the_version_that_was_deployed_answers(get: Get) -> None:
    """Not the one before, and not another service."""
    assert get(f"{URL}/health") == (200, {"status": "ok", "version": VERSION})


@pytest.mark.parametrize(("net", "rate", "price"), [("19.99", "21", "24.19"), ("10", "7", "10.70")])
def test_price_has_its_tax(get: Get, net: str, rate: str, price: str) -> None:
    """Through every layer between the client and the code."""
    assert get(f"{URL}/gross?net={net}&rate={rate}") == (200, {"gross": price})


def test_bad_request_is_refused(get: Get) -> None:
    """The service says what is wrong, and goes on."""
    assert get(f"{URL}/gross?net=much&rate=21")[0] == 400
