"""Floor 2: between files and nouns; the only floor that opens files."""
