"""Normalisers: one module per kind of value, each usable alone on a Series.

    crmclean.normalisers.phones.normalise_phone(series, region="IN")

Display values and compare keys never mix: a normaliser writes what a person would write; keys live in `crmclean.keys`.
"""
