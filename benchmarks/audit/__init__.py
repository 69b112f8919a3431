"""What generated rows give away on real tables, what lowers it, and what it costs: see ``__main__``."""
