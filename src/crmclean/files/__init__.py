"""Reading and writing messy tables."""

from crmclean.files.read import Source, read_source
from crmclean.files.sniff import Dialect, sniff
from crmclean.files.write import write_table

__all__ = ["Dialect", "Source", "read_source", "sniff", "write_table"]
