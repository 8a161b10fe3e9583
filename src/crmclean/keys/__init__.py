"""Compare forms: what two spellings of one name, company, phone, e-mail or place have in common.

Pure functions over Arrow arrays of any text, clean or messy; each gives ``large_string`` values of the same length,
``""`` where there is nothing to compare. They are for comparing only and never shown to a user or written to a file.
"""
