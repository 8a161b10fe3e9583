"""Other tools beside crmclean on the same files, each in an environment of its own; one table of how well and fast."""
