"""The services that the application brings along: its own PostgreSQL and Valkey, a worker and a web server.

``python -m config.embedded start`` runs everything for bin/start; ``… run -- COMMAND`` only lends the two services.
Production never comes here: it sets DATABASE_URL and REDIS_URL.
"""
