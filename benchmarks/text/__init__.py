"""The comparison for texts: what helps classifiers where one class has few texts, and what generated rows add."""
