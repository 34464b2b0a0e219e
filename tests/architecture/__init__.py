"""The laws of the code, written as tests."""
