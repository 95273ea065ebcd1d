"""What Naru claims to be fast at, measured against the running product: `make bench`."""
