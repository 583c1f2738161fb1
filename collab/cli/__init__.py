"""The doorway: one file per command, and no logic behind it that a notebook could not reach."""
