"""Speaks TLS for clients that do not: what comes to its port in clear goes on over TLS, and back.

tls_tunnel.py PORT [1.2|1.3]: prints its own port, then serves until it is killed. No certificate is checked.
"""

import selectors
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_alpn_protocols(["http/1.1"])
if len(sys.argv) > 2:
    version = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[sys.argv[2]]
    context.minimum_version = context.maximum_version = version


def carry(clear):
    """Both directions in one thread: a TLS connection of Python's is not for two at once."""
    with clear, context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1])))) as secure:
        selector = selectors.DefaultSelector()
        selector.register(clear, selectors.EVENT_READ)
        selector.register(secure, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if clear in ready:
                data = clear.recv(65536)
                if not data:
                    return
                secure.settimeout(60)
                secure.sendall(data)
            if secure in ready:
                # Until nothing is left: what TLS has read and not handed over, the selector does not see. And what is
                # there may be no data, but a ticket.
                secure.settimeout(0)
                while True:
                    try:
                        data = secure.recv(65536)
                    except ssl.SSLWantReadError:
                        break
                    if not data:
                        return
                    clear.sendall(data)


def serve(clear):
    try:
        carry(clear)
    except OSError:
        pass  # the server has closed, or the test has


listener = socket.create_server(("127.0.0.1", 0), backlog=128)
print("port", listener.getsockname()[1], flush=True)
while True:
    client, _ = listener.accept()
    threading.Thread(target=serve, args=(client,), daemon=True).start()
