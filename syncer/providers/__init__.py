"""The adapters, one folder per API."""
