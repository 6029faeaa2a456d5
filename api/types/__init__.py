"""The types of the schema, over the rows of the reader."""
