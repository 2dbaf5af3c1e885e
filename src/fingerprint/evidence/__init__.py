"""The scorers: one file each, sample x site to score."""
