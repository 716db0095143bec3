"""How the documentation is built: `make docs`."""

project = "Allmende"
author = "The Allmende authors"
copyright = "2026, the Allmende authors"  # noqa: A001 - the name Sphinx reads
release = "0.1.0"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Allmende"
html_static_path = ["images"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "alphabetical"
autodoc_typehints = "description"
nitpicky = False
