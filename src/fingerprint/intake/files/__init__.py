"""Files as they are: CSV, workbooks and Parquet, read in blocks of rows."""
