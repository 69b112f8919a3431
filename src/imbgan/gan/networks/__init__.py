"""Families of generators and discriminators."""
