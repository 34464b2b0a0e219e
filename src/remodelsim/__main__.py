"""Run the command line with ``python -m remodelsim``."""

from .faces.cli import main

if __name__ == "__main__":
    main()
