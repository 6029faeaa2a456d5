// Fingerprints of all current nodes with this label.
MATCH (n:Linkage)
WHERE $label IN labels(n)
RETURN n.uid AS uid, n.stamp AS stamp
