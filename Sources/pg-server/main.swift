import PgServer

print(version)
