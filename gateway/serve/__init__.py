"""Answers from the open zone: typed queries, the files that answer them, the workers, the data path.

Import from the modules: the gate builds files without loading the server's parts, and the other way round.
"""
