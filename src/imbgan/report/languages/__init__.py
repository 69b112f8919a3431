"""The words of the page, one module per language; all have the same keys and fields."""
