"""What is known of the sites: marketplaces, addresses, places, currencies, selectors."""
