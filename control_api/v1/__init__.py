"""The two documented dialects under `/api/v1`: page jobs and spider jobs."""
