// Ends our own statements that carry this mark.
SHOW TRANSACTIONS YIELD transactionId, metaData
WHERE metaData.linkage = $token
TERMINATE TRANSACTIONS transactionId YIELD message
RETURN message
