"""How often generators break the rules of a table, and what rules cost."""
