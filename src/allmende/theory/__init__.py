"""Theory: the claims of the source; each module is one plug-in of kind "claim"."""
