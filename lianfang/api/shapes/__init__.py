"""What goes in and out, one file per noun; what all share stands in `schemas`."""
