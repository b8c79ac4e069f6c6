"""A Mac that lives in memory: its tools' command lines checked word by word, its answers in their own formats."""
