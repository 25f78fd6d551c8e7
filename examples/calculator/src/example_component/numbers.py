"""Numbers as people write them, held exactly.

Everything the calculator computes with passes through here, so the limits on the size of numbers
hold everywhere.
"""

import re
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Underflow,
)

from .errors import CalculatorError, NumberRangeError

MAX_DIGITS = 1_000
"""The most significant digits of a number, and the largest exponent in either direction."""

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""A number without its sign: `7`, `0.5`, `.5`, `2.`, `6.02e23`."""

EXACT = Context(
    prec=MAX_DIGITS,
    Emin=-MAX_DIGITS,
    Emax=MAX_DIGITS,
    traps=[Inexact, InvalidOperation],
)
"""Computes without rounding: an answer that does not fit raises `Inexact`."""

_SIGNED_NUMBER = re.compile(rf"[+-]?{NUMBER.pattern}")


def rounding_context(precision: int) -> Context:
    """Makes the context for answers that may have to be rounded.

    Args:
        precision: How many significant digits are kept.

    Returns:
        A context that rounds half to even, within the same range as exact numbers.
    """
    return Context(
        prec=precision,
        rounding=ROUND_HALF_EVEN,
        Emin=-MAX_DIGITS,
        Emax=MAX_DIGITS,
        traps=[DivisionByZero, InvalidOperation, Overflow, Underflow],
    )


def to_decimal(value: object) -> Decimal:
    """Turns an operand into the decimal number that a person would write for it.

    A float stands for its shortest decimal form, so `0.1` is a tenth and not the binary fraction
    next to it.

    Args:
        value: An `int`, a `float`, a `Decimal`, or a number written as text.

    Returns:
        The number, exactly.

    Raises:
        TypeError: When the value is of another type, `bool` included.
        CalculatorError: When the text is not a number, or the number is not finite.
        NumberRangeError: When the number has too many digits or too large an exponent.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        problem = f"expected int, float, str or Decimal, found {type(value).__name__}"
        raise TypeError(problem)
    if isinstance(value, str):
        value = value.strip()
        if _SIGNED_NUMBER.fullmatch(value) is None:
            problem = f"expected a number such as 12.5, found {shortened(value)}"
            raise CalculatorError(problem)
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if number.is_finite():
            return EXACT.create_decimal(number)
    except (Inexact, InvalidOperation):
        raise too_large() from None
    problem = f"expected a finite number, found {number}"
    raise CalculatorError(problem)


def too_large() -> NumberRangeError:
    """Makes the error for a number beyond the limits."""
    return NumberRangeError(
        f"a number has more than {MAX_DIGITS} digits or an exponent beyond ±{MAX_DIGITS}"
    )


def shortened(text: str) -> str:
    """Quotes a text for a message, cut to what fits on a line.

    Args:
        text: Any text, also one with control characters.

    Returns:
        The text in quotes, with `...` where it was cut.
    """
    longest = 40
    return repr(text if len(text) <= longest else f"{text[:longest]}...")
