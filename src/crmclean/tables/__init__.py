"""Vocabulary: the canonical fields, the batch, the evidence tables. Nothing here knows how to clean anything."""
