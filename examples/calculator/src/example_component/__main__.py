"""The command line: `python -m example_component "0.1 + 0.2"`."""

import sys
from collections.abc import Sequence

from .calculator import Calculator
from .errors import CalculatorError

USAGE = "usage: python -m example_component EXPRESSION"


def main(arguments: Sequence[str]) -> int:
    """Prints the value of an expression.

    Args:
        arguments: The expression, as one argument.

    Returns:
        The exit status: 0 with an answer, 1 without one, 2 for wrong usage.
    """
    if len(arguments) != 1:
        sys.stderr.write(f"{USAGE}\n")
        return 2
    try:
        value = Calculator().evaluate(arguments[0])
    except CalculatorError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
