// What counts in the selected links: each line's identifier, and how both accounts used it.
MATCH (a:Account)-[link:LINKED|JOINED]->(b:Account)
WHERE elementId(link) IN $relationships
UNWIND link.identifiers AS uid
MATCH (identifier:Linkage {uid: uid})
OPTIONAL MATCH (a)-[first:USED]->(identifier)
OPTIONAL MATCH (b)-[second:USED]->(identifier)
RETURN a, link, b, first, identifier, second
