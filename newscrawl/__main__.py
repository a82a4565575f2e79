"""The program `newscrawl`. Worker processes import this module again, so it loads nothing until it is called."""


def main() -> None:
    """Run the command line."""
    from newscrawl.cli.app import app  # noqa: PLC0415

    app()


if __name__ == "__main__":
    main()
