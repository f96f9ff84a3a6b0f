"""Bytes to the API and back, and what their outcome means."""
