"""Makes the site: Markdown, docstrings, commands and the gallery become pages in two languages."""
