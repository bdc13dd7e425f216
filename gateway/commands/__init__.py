"""The commands of ``kaizha``, one module a subject. Each loads its heavy parts when it runs, so that `--help` is quick."""
