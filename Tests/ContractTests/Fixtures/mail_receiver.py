"""A mail server (aiosmtpd) that wants TLS and a password, for the tests of mails.

mail_receiver.py CERTIFICATE KEY starttls|implicit: prints its port, then each mail it took as one line of JSON, as
Python's own reader of mails understands it. The password of `user@example.com` is `p:ss/ü`; `nobody@…` does not exist.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user"
        if address.startswith("later@"):
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()]
        seen = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "is_authenticated": session.authenticated,
            "tls": session.ssl is not None or implicit,
            "headers": [[name, str(value)] for name, value in message.items()],
            "type": message.get_content_type(),
            "parts": [[part.get_content_type(), part.get_content()] for part in parts],
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "longest_line": max(len(line) for line in envelope.content.split(b"\r\n")),
        }
        print(json.dumps(seen), flush=True)
        return "250 Taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        b"user@example.com", "p:ss/ü".encode())
    return AuthResult(success=is_right, handled=False)


certificate, key, mode = sys.argv[1:]
implicit = mode == "implicit"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def connection():
    return SMTP(
        Handler(), hostname="mail.test", authenticator=authenticate, auth_required=True,
        require_starttls=not implicit, auth_require_tls=not implicit, tls_context=None if implicit else context)


async def main():
    server = await asyncio.get_running_loop().create_server(
        connection, "127.0.0.1", 0, ssl=context if implicit else None)
    print(f"port {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
