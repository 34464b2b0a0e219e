"""Tests of the evidence: grades, coverage, lint."""
