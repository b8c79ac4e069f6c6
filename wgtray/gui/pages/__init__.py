"""Which pages has the window? One module each; they draw a ``Scene`` and ask with wishes."""
