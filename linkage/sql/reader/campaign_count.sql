SELECT count(*) FROM campaign WHERE rings >= $min_rings
