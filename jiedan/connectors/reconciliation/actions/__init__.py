"""The steps on the comparison of a day with the platform."""
