"""``python -m imbgan`` is the command line."""

from imbgan.cli import main

main()
