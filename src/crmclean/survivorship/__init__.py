"""Survivorship: one golden record per cluster, every value traced to the record it came from."""
