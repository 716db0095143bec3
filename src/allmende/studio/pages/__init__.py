"""Pages: one function for each address of `routes`; each is called only by those who may."""
