"""Parts of the generator of hard negatives; `negatives` puts them together."""
