"""The command `syncer`, as a script and as `python -m syncer`."""

import signal


def run() -> None:
    """Run the command line and exit with its code."""
    # While modules are being loaded an interrupt would end in a traceback.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from syncer.cli.main import run as start

    start()


if __name__ == "__main__":
    run()
