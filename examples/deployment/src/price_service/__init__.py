"""Adds value-added tax to prices, over HTTP."""

from price_service.prices import PriceError, gross

__all__ = ["PriceError", "gross"]
