"""The use cases: what touches the world, in order."""
