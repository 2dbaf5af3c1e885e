"""Other questions on the same evidence."""
