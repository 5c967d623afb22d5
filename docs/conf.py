"""Sphinx: the documentation site."""

from seawall import __version__

project = "Seawall 防线"
author = copyright = "The Seawall founders, Apache-2.0"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "Seawall 防线"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
html_static_path: list[str] = []
