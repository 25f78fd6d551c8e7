"""Computes prices. Nothing here knows of HTTP."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
MAX_NET = Decimal(1_000_000)
MAX_RATE = Decimal(100)


class PriceError(ValueError):
    """A price that cannot be computed; the message says why."""


def gross(net: str, rate: str) -> Decimal:
    """Adds tax to a net price and rounds half up to cents.

    Args:
        net: The net price, such as `19.99`; 0 to 1 000 000.
        rate: The rate of the tax in percent, such as `21`; 0 to 100.

    Raises:
        PriceError: When one of them is no number or out of its range.
    """
    base = _number("net", net, MAX_NET)
    percent = _number("rate", rate, MAX_RATE)
    return (base * (1 + percent / 100)).quantize(CENT, ROUND_HALF_UP)


def _number(name: str, text: str, most: Decimal) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        message = f"{name} must be a number, not {text!r}"
        raise PriceError(message) from None
    if not number.is_finite() or not 0 <= number <= most:
        message = f"{name} must be 0 to {most}, not {text}"
        raise PriceError(message)
    return number
