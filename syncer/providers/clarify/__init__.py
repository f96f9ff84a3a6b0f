"""Clarify: signals and items."""
