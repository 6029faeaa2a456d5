-- Counts the lines that the line reader left out because they are no text.
UPDATE json_numbered
SET number = number + (SELECT count(*) FROM json_gaps WHERE kept_before < json_numbered.number)
