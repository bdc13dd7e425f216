"""Open data for AI agents over the Model Context Protocol: the HTTP interfaces in the form of tools, and nothing beside them."""
