"""The spider of page jobs: any site, by the selectors of the job."""
