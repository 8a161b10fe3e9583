"""``python -m crmclean``."""

from crmclean.cli import main

if __name__ == "__main__":
    main()
