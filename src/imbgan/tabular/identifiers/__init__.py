"""Columns that identify persons or rows: find them, and make fresh values of the same shape."""
