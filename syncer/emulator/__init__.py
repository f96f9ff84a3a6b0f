"""A stand-in for the Clarify service: its JSON-RPC API over one SQLite file."""
