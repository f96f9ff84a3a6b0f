"""The version of syncer, read by the build and printed by `syncer --version`."""

__version__ = "0.1.0"
