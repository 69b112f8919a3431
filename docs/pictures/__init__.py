"""Pictures of the explanation pages, drawn with the package's own parts: ``python -m docs.pictures`` renews all."""
