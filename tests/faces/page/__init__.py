"""Tests of the teaching page."""
