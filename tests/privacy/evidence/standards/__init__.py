"""Parts of the generator that writes personal values by the standards; `from_standards` puts them together."""
