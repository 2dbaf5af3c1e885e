"""Error rates on held-out samples."""
