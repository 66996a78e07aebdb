"""`python -m netsym`: the command line."""

from netsym.cli import main

if __name__ == "__main__":
    main()
