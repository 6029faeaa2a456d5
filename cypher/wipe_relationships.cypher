// A first load that came to nothing: all of ours goes but the ledger. Others' nodes and relationships stay.
MATCH (a:Linkage)-[r:USED|LINKED|JOINED|RESTS_ON|MEMBER_OF|SHARES|PART_OF|TAKES_PART_IN|CHANGED]->(:Linkage)
CALL (r) {
  DELETE r
} IN TRANSACTIONS OF 10000 ROWS
