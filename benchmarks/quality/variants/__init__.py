"""Generators and filters on trial; what survives its kill test moves into the house."""
