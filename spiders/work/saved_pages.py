"""What a spider says of a page for those who read it again later."""

# In a response's meta: what the crawl knew beside the page, by the names of Fetched.read_with.
READ_WITH = "read_with"
