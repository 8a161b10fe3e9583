"""Finding the records that stand for the same person or company: encode, block, compare, weigh, decide, cluster."""
