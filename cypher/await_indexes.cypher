// Waits until what was declared is populated: an index that is not serves nobody.
CALL db.awaitIndexes($seconds)
