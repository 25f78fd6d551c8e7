"""The calculator: four operations and the expressions made of them."""

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, Underflow
from typing import Final, TypeAlias

from . import expression as expressions
from .errors import DivisionByZeroError
from .numbers import EXACT, MAX_DIGITS, rounding_context, to_decimal, too_large

Operand: TypeAlias = int | float | str | Decimal
"""What the calculator computes with. A float stands for its shortest decimal form."""

DEFAULT_PRECISION: Final = 28
"""How many significant digits of a quotient are kept unless told otherwise."""


class Calculator:
    """Computes with decimal numbers as a person would on paper.

    Sums, differences and products are exact, or refused when they do not fit. Quotients are
    rounded half to even. A calculator holds no state between calls, so threads may share one.
    """

    def __init__(self, precision: int = DEFAULT_PRECISION) -> None:
        """Makes a calculator.

        Args:
            precision: How many significant digits of a quotient are kept, 1 to 1000.

        Raises:
            ValueError: When the precision is out of range.
        """
        if not 1 <= precision <= MAX_DIGITS:
            problem = f"expected a precision from 1 to {MAX_DIGITS}, found {precision}"
            raise ValueError(problem)
        self._precision = precision

    @property
    def precision(self) -> int:
        """How many significant digits of a quotient are kept."""
        return self._precision

    def add(self, left: Operand, right: Operand) -> Decimal:
        """Adds two numbers, exactly.

        Raises:
            TypeError: When an operand is of a type that is no number.
            CalculatorError: When an operand is no number, or the sum does not fit.
        """
        return _exactly(EXACT.copy().add, left, right)

    def subtract(self, left: Operand, right: Operand) -> Decimal:
        """Subtracts `right` from `left`, exactly.

        Raises:
            TypeError: When an operand is of a type that is no number.
            CalculatorError: When an operand is no number, or the difference does not fit.
        """
        return _exactly(EXACT.copy().subtract, left, right)

    def multiply(self, left: Operand, right: Operand) -> Decimal:
        """Multiplies two numbers, exactly.

        Raises:
            TypeError: When an operand is of a type that is no number.
            CalculatorError: When an operand is no number, or the product does not fit.
        """
        return _exactly(EXACT.copy().multiply, left, right)

    def divide(self, left: Operand, right: Operand) -> Decimal:
        """Divides `left` by `right`, rounded to the calculator's precision.

        Raises:
            TypeError: When an operand is of a type that is no number.
            DivisionByZeroError: When `right` is zero.
            CalculatorError: When an operand is no number, or the quotient does not fit.
        """
        dividend, divisor = to_decimal(left), to_decimal(right)
        try:
            return _unsigned_zero(rounding_context(self._precision).divide(dividend, divisor))
        except (DivisionByZero, InvalidOperation):
            raise DivisionByZeroError from None
        except (Overflow, Underflow):
            raise too_large() from None

    def evaluate(self, expression: str) -> Decimal:
        """Computes an expression such as `(0.1 + 0.2) * 3`.

        Args:
            expression: Numbers, `+`, `-`, `*`, `/` and parentheses.

        Returns:
            The value of the expression. Each operation is exact or rounded as it is alone.

        Raises:
            ExpressionError: When the expression cannot be read; it says where.
            CalculatorError: When one of the operations has no answer.
        """
        return _unsigned_zero(expressions.evaluate(expression, self))


def _exactly(
    operation: Callable[[Decimal, Decimal], Decimal], left: Operand, right: Operand
) -> Decimal:
    """Computes without rounding."""
    try:
        return _unsigned_zero(operation(to_decimal(left), to_decimal(right)))
    except Inexact:
        raise too_large() from None


def _unsigned_zero(number: Decimal) -> Decimal:
    """Gives zero without a sign: nobody writes `-0`."""
    return number.copy_abs() if number.is_zero() else number
