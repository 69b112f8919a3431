"""The comparison for images: what helps classifiers on long-tailed sets, and what generated images add."""
