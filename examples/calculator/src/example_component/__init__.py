"""A calculator whose answers are exact: the example component of spec2prod.

>>> from example_component import Calculator
>>> Calculator().add("0.1", "0.2")
Decimal('0.3')
"""

from .calculator import Calculator, Operand
from .errors import CalculatorError, DivisionByZeroError, ExpressionError, NumberRangeError

__all__ = [
    "Calculator",
    "CalculatorError",
    "DivisionByZeroError",
    "ExpressionError",
    "NumberRangeError",
    "Operand",
]
