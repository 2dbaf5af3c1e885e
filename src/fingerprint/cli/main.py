"""The entry point: commands are imported only when they run, so that start-up stays quick."""

from __future__ import annotations

import errno
import sys
from importlib import import_module

import click

from fingerprint import __version__
from fingerprint.errors import InputError

# command: (module, one line for --help)
_COMMANDS = {
    "demo": ("demo", "Walk the whole road on the bundled made-up library."),
    "datasets": ("datasets", "List public data sets, or build a library from one."),
    "import": ("importing", "Turn laboratory files into one table."),
    "describe": ("describe", "Say what is in a table and what is wrong with it."),
    "library": ("library", "Check a reference library, add samples to it, show its history."),
    "train": ("model", "Train a model on a library."),
    "evaluate": ("evaluate", "Measure error rates on held-out samples."),
    "check": ("check", "Check one sample, or one lot, against the site that its papers claim."),
    "screen": ("screen", "Check many samples against many claims."),
    "identify": ("identify", "Rank the sites that samples may come from."),
    "simulate": ("simulate", "Make up a library with known truth."),
    "model": ("model", "Show or verify a trained model."),
}


class _LazyGroup(click.Group):
    """A group that knows its commands by name and imports a module only to run one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"fingerprint.cli.{_COMMANDS[cmd_name][0]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


# Faults of a path that its user named; any other error of the system is the program's.
_FAULTS_OF_PATHS = (
    errno.ENAMETOOLONG,
    errno.EACCES,
    errno.EPERM,
    errno.ELOOP,
    errno.ENOTDIR,
    errno.EIO,
)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fingerprint")
def cli() -> None:
    """Is a sample of ore plausible for the mine that its papers name?

    Exit status: 0 the question was answered, 2 the input is at fault, 1 the program failed.
    """


def main() -> None:
    """Run the command line; an error of the input is one message and exit status 2."""
    try:
        cli(standalone_mode=False)
    except InputError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (OSError, RuntimeError) as error:
        fault = _fault_of_path(error)
        if fault is None:
            raise
        click.echo(f"Error: {fault}", err=True)
        sys.exit(2)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)


def _fault_of_path(error: OSError | RuntimeError) -> InputError | None:
    """Say which path cannot be used, and why; None if the error is not that of a path."""
    if isinstance(error, OSError):
        if error.errno not in _FAULTS_OF_PATHS or not isinstance(error.filename, str):
            return None
        name, why = error.filename, error.strerror
    else:
        # What Path.resolve raises where links lead in a circle.
        before, _, quoted = str(error).partition("Symlink loop from ")
        if before or not quoted:
            return None
        name, why = quoted.strip("'\""), "links lead in a circle"
    return InputError(f"the file cannot be used ({why})", "Name another file.", name)


if __name__ == "__main__":
    main()
