// Every node of ours has the label Linkage and a uid of its own; others' nodes in the same database have neither.
CREATE CONSTRAINT linkage_uid IF NOT EXISTS
FOR (n:Linkage) REQUIRE n.uid IS UNIQUE
