"""Validators: the rules' questions about the data, and which rows are set aside. Bad rows are a result, no error."""
