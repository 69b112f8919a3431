"""The comparison of speed: fit and generate beside peers, and how cost grows."""
