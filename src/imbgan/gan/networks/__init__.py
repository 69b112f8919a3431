"""Generators and discriminators, by family."""
