"""What every repository stands on: connections, transactions, the clock, ids, records, indexes."""
