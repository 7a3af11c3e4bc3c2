"""Starts a server as systemd does with a socket unit and Type=notify.

service_manager.py FILE PORT SERVER: opens the port, starts `SERVER serve` with it as descriptor 3, prints its process,
and writes what it and its successors say into FILE, a line each. The new main process is a child of the server, as it
would be of systemd's. Ends on SIGTERM, and the last server with it.
"""

import os
import signal
import socket
import sys
import tempfile

signal.pthread_sigmask(signal.SIG_SETMASK, [])  # whoever started this may have blocked some
path, port, server = sys.argv[1], int(sys.argv[2]), sys.argv[3]
folder = tempfile.mkdtemp(prefix="notify.")
notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notifications.bind(f"{folder}/notify")
listener = socket.create_server(("127.0.0.1", port), backlog=128)
main = os.fork()
if main == 0:
    os.dup2(listener.fileno(), 3, inheritable=True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=f"{folder}/notify")
    os.execv(server, [server, "serve"])
print("started", main, flush=True)


def end(number, frame):
    try:
        os.kill(main, signal.SIGTERM)
    except ProcessLookupError:
        pass
    os.unlink(f"{folder}/notify")
    os.rmdir(folder)
    os._exit(0)


signal.signal(signal.SIGTERM, end)
with open(path, "w", encoding="utf-8") as told:
    while True:
        text = notifications.recv(4096).decode()
        told.write(text + "\n")
        told.flush()
        for line in text.split("\n"):
            if line.startswith("MAINPID="):
                main = int(line[8:])
