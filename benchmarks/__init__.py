"""Benchmarks: speed, and quality against peers."""
