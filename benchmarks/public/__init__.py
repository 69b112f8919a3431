"""Public data sets with published protocols and figures; see README.md."""
