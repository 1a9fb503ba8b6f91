"""Collections of schedules, slots, webhooks and deliveries."""
