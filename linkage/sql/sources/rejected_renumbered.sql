UPDATE reject_errors
SET line = (SELECT any_value(number) FROM reject_places WHERE position = line_byte_position)
