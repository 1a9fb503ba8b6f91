"""What is followed over many jobs: monitors, their watches, and what was seen of them."""
