"""An HTTP server of Python's own library for the tests of outside requests, over TLS if it is given a certificate.

http_receiver.py [ADDRESS [CERTIFICATE KEY]]: prints its port, then serves until it is killed.
"""

import gzip
import http.server
import json
import ssl
import sys
import urllib.parse


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", fields=()):
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path == "/echo":
            seen = {
                "method": self.command,
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode(),
            }
            self.answer(200, json.dumps(seen).encode(), [("Content-Type", "application/json")])
        elif url.path == "/redirect":
            self.answer(int(query.get("status", "302")), b"", [("Location", query["to"])])
        elif url.path == "/status":
            self.answer(int(query["code"]), b"", [("Retry-After", "17")])
        elif url.path == "/bomb":
            # A megabyte of blanks in a thousand bytes, although nobody asked for a coding.
            self.answer(200, gzip.compress(b" " * (1 << 20)), [("Content-Encoding", "gzip")])
        elif url.path == "/stream":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(int(query["count"])):
                self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
        elif url.path == "/silence":
            self.rfile.read(1)  # until the other side has gone
        else:
            self.answer(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = serve

    def log_message(self, *arguments):
        pass


address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1"
server = http.server.ThreadingHTTPServer((address, 0), Receiver)
server.daemon_threads = True
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(f"port {server.server_address[1]}", flush=True)
server.serve_forever()
