"""Items as JSON, CSV and XML."""
