"""All that is wrong with a file, for a description and nothing else."""
