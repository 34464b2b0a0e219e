"""Tests of the bone-cell layer."""
