"""PostgreSQL through libpq, which the server needs anyway: no package of Python's is needed."""
import ctypes
import ctypes.util

_libpq = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
_libpq.PQconnectdb.restype = ctypes.c_void_p
_libpq.PQconnectdb.argtypes = [ctypes.c_char_p]
for _name, _result, *_arguments in (
        ("PQstatus", ctypes.c_int, ctypes.c_void_p), ("PQfinish", None, ctypes.c_void_p),
        ("PQerrorMessage", ctypes.c_char_p, ctypes.c_void_p),
        ("PQexecParams", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p,
         ctypes.POINTER(ctypes.c_char_p), ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int),
        ("PQresultStatus", ctypes.c_int, ctypes.c_void_p), ("PQresultErrorMessage", ctypes.c_char_p, ctypes.c_void_p),
        ("PQntuples", ctypes.c_int, ctypes.c_void_p), ("PQnfields", ctypes.c_int, ctypes.c_void_p),
        ("PQgetvalue", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int),
        ("PQgetisnull", ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_int),
        ("PQclear", None, ctypes.c_void_p)):
    _function = getattr(_libpq, _name)
    _function.restype, _function.argtypes = _result, _arguments

_CONNECTION_OK = 0
_DONE = (1, 2)      # PGRES_COMMAND_OK, PGRES_TUPLES_OK


class Lost(Exception):
    """There is no connection, or none any more: what was under way may have been done or not."""


class Failed(Exception):
    """PostgreSQL refused a statement."""


class Connection:
    """Belongs to one thread. Waiting for PostgreSQL, it lets others run."""

    def __init__(self, url, options=""):
        self._raw = _libpq.PQconnectdb(f"{url}?connect_timeout=5&options={options}".encode())
        if _libpq.PQstatus(self._raw) != _CONNECTION_OK:
            message = _libpq.PQerrorMessage(self._raw).decode(errors="replace").strip()
            self.close()
            raise Lost(message)

    def rows(self, sql, *parameters):
        values = (ctypes.c_char_p * max(1, len(parameters)))(
            *(None if value is None else str(value).encode() for value in parameters))
        result = _libpq.PQexecParams(self._raw, sql.encode(), len(parameters), None, values, None, None, 0)
        try:
            if not result or _libpq.PQresultStatus(result) not in _DONE:
                message = _libpq.PQerrorMessage(self._raw).decode(errors="replace").strip()
                raise (Failed if _libpq.PQstatus(self._raw) == _CONNECTION_OK else Lost)(message)
            return [
                tuple(None if _libpq.PQgetisnull(result, row, column) else
                      _libpq.PQgetvalue(result, row, column).decode()
                      for column in range(_libpq.PQnfields(result)))
                for row in range(_libpq.PQntuples(result))]
        finally:
            _libpq.PQclear(result)

    def close(self):
        if self._raw:
            _libpq.PQfinish(self._raw)
            self._raw = None
