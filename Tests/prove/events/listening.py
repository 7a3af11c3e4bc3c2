"""Listeners of a stream, over SSE as a browser reads it and over WebSocket, on nothing but sockets."""
import asyncio
import base64
import json
import os
import random
import socket
import struct

CONNECT_SECONDS_MAX = 10
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Ended(Exception):
    """The stream is over, for whatever reason: the listener may come back."""


class Refused(Ended):
    def __init__(self, status):
        super().__init__(f"refused with {status}")
        self.status = status


async def _open(port, target, fields, receive_bytes=None):
    """Sends a GET and reads the head of its answer."""
    client = socket.socket()
    if receive_bytes:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    client.setblocking(False)
    leave = client.close
    try:
        await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=client)
        leave = writer.transport.abort
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{port}", *fields, "", ""]
        writer.write("\r\n".join(lines).encode())
        head = await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError) as error:
        leave()
        raise Ended("no answer") from error
    except asyncio.CancelledError:
        leave()
        raise
    status = int(head.split(b" ", 2)[1])
    return status, reader, writer


class ServerSentEvents:
    """One connection. Gives (id, event) pairs, those alone that are complete."""

    def __init__(self, reader, writer):
        self._reader, self.writer, self._last_id = reader, writer, ""

    @classmethod
    async def connect(cls, port, target, token, last_id, receive_bytes=None):
        fields = [f"Authorization: Bearer {token}", "Accept: text/event-stream"]
        if last_id:
            fields.append(f"Last-Event-ID: {last_id}")
        status, reader, writer = await _open(port, target, fields, receive_bytes)
        if status != 200:
            writer.transport.abort()
            raise Refused(status)
        return cls(reader, writer)

    async def next(self):
        kind, data = "message", []
        while True:
            try:
                line = (await self._reader.readuntil(b"\n"))[:-1].rstrip(b"\r").decode()
            except (OSError, asyncio.IncompleteReadError) as error:
                raise Ended("the stream ended") from error
            if not line:
                if data:
                    return self._last_id, kind, json.loads("\n".join(data))
                kind = "message"
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                value = value[1:] if value.startswith(" ") else value
                if name == "id":
                    self._last_id = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    data.append(value)


class WebSocket:
    """One connection. Gives what ServerSentEvents gives; the id is made of what the messages say."""

    def __init__(self, reader, writer):
        self._reader, self.writer, self._epoch = reader, writer, None

    @classmethod
    async def connect(cls, port, target, token, last_id, receive_bytes=None):
        if last_id:
            target += f"{'&' if '?' in target else '?'}since={last_id}"
        status, reader, writer = await _open(port, target, [
            f"Authorization: Bearer {token}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"], receive_bytes)
        if status != 101:
            writer.transport.abort()
            raise Refused(status)
        return cls(reader, writer)

    async def next(self):
        while True:
            opcode, payload = await self._frame()
            if opcode == PING:
                self._send(PONG, payload)
            elif opcode == CLOSE:
                raise Ended(f"closed with {payload[:2].hex()}")
            elif opcode == TEXT:
                message = json.loads(payload)
                kind = message["type"] if message["type"] in ("connected", "lost", "error") else "event"
                if kind == "connected":
                    self._epoch = message["epoch"]
                return f"{self._epoch}.{message.get('position')}", kind, message
            else:
                raise AssertionError(f"a frame of opcode {opcode}")

    async def _frame(self):
        try:
            first, length = await self._reader.readexactly(2)
            if length == 126:
                length, = struct.unpack(">H", await self._reader.readexactly(2))
            elif length == 127:
                length, = struct.unpack(">Q", await self._reader.readexactly(8))
            assert first & 0x80 and length < 1 << 20, "a fragment, a mask, or a giant"
            return first & 0x0F, await self._reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Ended("the stream ended") from error

    def _send(self, opcode, payload):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
        self.writer.write(bytes((0x80 | opcode, 0x80 | len(payload))) + mask + masked)


class Listener:
    """Listens, goes away at random, comes back to any node with what it had last; and keeps what it got."""

    def __init__(self, name, tenant, transport, ports, *, since, types=None, stay_seconds, is_slow=False, seed=0):
        self.name, self.tenant, self.transport, self.ports = name, tenant, transport, ports
        self.types, self.stay_seconds, self.is_slow = types, stay_seconds, is_slow
        self.last_id, self.start = since, None if since is None else int(since.split(".")[1])
        self.received = []
        self.faults = []
        self.connections = self.ended_by_server = self.refused = 0
        self.is_final = False       # the writers are done: no more leaving
        self._random = random.Random(seed)

    @property
    def last_position(self):
        return int(self.last_id.split(".")[1]) if self.last_id else -1

    async def run(self):
        while True:
            try:
                async with asyncio.timeout(None if self.is_final else self._stay()):
                    await self._listen_once()
            except TimeoutError:
                pass
            except Refused as refusal:
                self.refused += 1
                if refusal.status not in (429, 503):
                    self.faults.append(f"refused with {refusal.status}")
                await asyncio.sleep(self._random.uniform(0.05, 0.2))
            except Ended:
                self.ended_by_server += 1
                await asyncio.sleep(self._random.uniform(0.01, 0.2))

    def _stay(self):
        return self._random.expovariate(1 / self.stay_seconds) + 0.02

    async def _listen_once(self):
        target = "/proof/events" + (f"?types={self.types}" if self.types else "")
        asked = self.last_id
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            stream = await self.transport.connect(
                self._random.choice(self.ports), target, self.tenant.token, asked, 4096 if self.is_slow else None)
        try:
            event_id, kind, message = await stream.next()
            if kind != "connected":
                raise AssertionError(f"the first message is {kind}: {message}")
            self.connections += 1
            if asked is None:
                self.start = message["position"]
            if asked is not None and event_id != asked:
                self.faults.append(f"asked for what follows {asked}, connected at {event_id}")
            self.last_id = event_id
            while True:
                event_id, kind, message = await stream.next()
                if kind == "event":
                    self.received.append(message)
                    self.last_id = event_id
                elif kind == "error":
                    raise Ended(str(message))
                else:
                    self.faults.append(f"{kind}: {message}")
                if self.is_slow and not self.is_final and self._random.random() < 0.02:
                    await asyncio.sleep(self._random.uniform(0.5, 3))
        finally:
            stream.writer.transport.abort()
