SELECT max(ts) AS last FROM clean_exchanges
