SELECT count(*) FROM link
WHERE $min_bits::DOUBLE IS NULL OR bits >= $min_bits::DOUBLE
