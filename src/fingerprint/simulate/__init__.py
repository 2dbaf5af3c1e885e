"""Made-up libraries with known truth."""
