"""What a customer does: runs against staging before a deployment to production."""

import os
from decimal import Decimal

from conftest import Get

URL = os.environ.get("SPEC2PROD_ENVIRONMENT_URL", "")


def test_basket_adds_up(get: Get) -> None:
    """Each price is asked for as a shop does it, and the sum is right to the cent."""
    basket = [("19.99", "21"), ("4.50", "9"), ("100", "0")]
    prices = [get(f"{URL}/gross?net={net}&rate={rate}")[1]["gross"] for net, rate in basket]
    assert sum(map(Decimal, prices)) == Decimal("129.10")
