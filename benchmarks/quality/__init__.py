"""Does a method help a classifier with the rare class? See README.md."""
