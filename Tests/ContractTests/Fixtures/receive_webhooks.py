"""A receiver of webhooks: answers as the path says, and writes what it got, a JSON line each, to standard output.

The first line is the port. /status/NNN answers with that status; the query names the secret.
"""
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from verify_webhook import verify

class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        url = urlsplit(self.path)
        secret = parse_qs(url.query)["secret"][0].encode()
        print(json.dumps({
            "path": url.path, "body": json.loads(raw), "key": self.headers["Idempotency-Key"],
            "delivery": self.headers["X-Webhook-Delivery"], "event": self.headers["X-Webhook-Event"],
            "is_verified": verify(raw, self.headers["X-Signature-256"], secret),
            "is_forgery_verified": verify(raw.replace(b'"data"', b'"date"'), self.headers["X-Signature-256"], secret)
                or verify(raw, self.headers["X-Signature-256"], secret + b"x")}), flush=True)
        self.send_response(int(url.path.rsplit("/", 1)[1]))
        self.end_headers()
        self.wfile.write(b"received")

    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_port, flush=True)
server.serve_forever()
