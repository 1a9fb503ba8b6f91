"""Who asks the stores: visitors with a place, a currency and an exit, made by the store's own dialogue."""
