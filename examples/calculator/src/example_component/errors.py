"""What can go wrong in a calculation."""


class CalculatorError(ValueError):
    """A calculation that has no answer. Every error of this package is one."""


class DivisionByZeroError(CalculatorError):
    """A number was divided by zero."""

    def __init__(self) -> None:
        """Says what happened; there is nothing to add to it."""
        super().__init__("cannot divide by zero")


class NumberRangeError(CalculatorError):
    """A number is beyond what the calculator can hold exactly."""


class ExpressionError(CalculatorError):
    """An expression cannot be read.

    Attributes:
        column: Where the trouble begins, in characters counted from 1.
    """

    def __init__(self, problem: str, column: int) -> None:
        """Says what is wrong and where.

        Args:
            problem: What was found and what was expected instead.
            column: Where the trouble begins, in characters counted from 1.
        """
        super().__init__(f"{problem} at column {column}")
        self.column = column
