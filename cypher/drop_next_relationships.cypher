// What a run left that was never published. In transactions of their own: run it outside of one.
MATCH ()-[next:NEXT_STATE|NEXT_LINKED|NEXT_JOINED|NEXT_RESTS_ON|NEXT_MEMBER_OF|NEXT_SHARES|NEXT_PART_OF|NEXT_TAKES_PART_IN|NEXT_CHANGED]->()
CALL (next) {
  DELETE next
} IN TRANSACTIONS OF 10000 ROWS
