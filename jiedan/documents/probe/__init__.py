"""A program of its own that opens a file from outside, so that nothing hostile is parsed where people work (S-03).

It runs with little memory, little time, no environment and no network use; it knows neither Django nor the company.
`python -I -m jiedan.documents.probe TYPE` reads the file from its standard input. It writes one line of JSON and, when
the file is good, the bytes to keep: images drawn afresh, everything else as it came.
"""
