"""The steps on a file of orders."""
