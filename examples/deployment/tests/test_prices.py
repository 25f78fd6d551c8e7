"""Prices, held against ones worked out by hand."""

from decimal import Decimal

import pytest

from price_service import PriceError, gross


@pytest.mark.parametrize(
    ("net", "rate", "price"),
    [
        ("19.99", "21", "24.19"),
        ("0", "21", "0.00"),
        ("100", "0", "100.00"),
        ("1000000", "100", "2000000.00"),
        # Half a cent is rounded up.
        ("0.50", "5", "0.53"),
        ("1.10", "4.5", "1.15"),
    ],
)
def test_price_is_exact_to_the_cent(net: str, rate: str, price: str) -> None:
    """Amounts are decimal numbers, so that nothing is lost before the rounding."""
    assert gross(net, rate) == Decimal(price)


@pytest.mark.parametrize(
    ("net", "rate", "message"),
    [
        ("", "21", "net must be a number, not ''"),
        ("1", "much", "rate must be a number, not 'much'"),
        ("-0.01", "21", "net must be 0 to 1000000, not -0.01"),
        ("1000000.01", "21", "net must be 0 to 1000000, not 1000000.01"),
        ("1", "100.1", "rate must be 0 to 100, not 100.1"),
        ("NaN", "21", "net must be 0 to 1000000, not NaN"),
        ("1", "Infinity", "rate must be 0 to 100, not Infinity"),
    ],
)
def test_what_is_no_price_is_refused(net: str, rate: str, message: str) -> None:
    """The message names the argument, what it was, and what it must be."""
    with pytest.raises(PriceError) as caught:
        gross(net, rate)
    assert str(caught.value) == message
