"""Formats of other tools: written as text here, read back by their own libraries in tests."""
