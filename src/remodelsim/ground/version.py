"""The version of the package, in one place."""

VERSION = "0.1.0"
# day of this version; results carry it instead of a time of day, so that equal runs give equal bytes
DATED = "2026-11-20"
