"""Pages that show several steps of the journey at once."""
