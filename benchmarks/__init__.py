"""How fast it is, measured beside a floor: ``bin/bench [NAME…] [--check]``. See RESULTS.md."""
