"""`python -m syncer` is the command `syncer`."""

from syncer.cli.main import run

if __name__ == "__main__":
    run()
