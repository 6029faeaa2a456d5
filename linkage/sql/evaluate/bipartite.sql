-- Who holds which shared identifier of a kind that may make a link, up to so many holders.
SELECT holding.account, holding.identifier
FROM holding
JOIN identifier USING (identifier)
JOIN linking_kind USING (kind)
WHERE identifier.accounts BETWEEN 2 AND $most
ORDER BY holding.account, holding.identifier
