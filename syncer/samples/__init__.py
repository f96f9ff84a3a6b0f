"""Values at instants, and the files that they come from: CSV tables and data frames in JSON."""
