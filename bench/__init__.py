"""What is measured, each figure beside a reference measured in turn with it (`python -m bench.run [name …]`)."""
