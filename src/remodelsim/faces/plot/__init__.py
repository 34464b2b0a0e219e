"""Figures of a run. The rooms of matplotlib: nothing outside this package imports it."""
