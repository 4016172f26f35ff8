#!/usr/bin/env python3
"""A small HTTP/1.1 server that keeps connections, for timing clients.

server.py PORT [--delay-ms N]

/delay/N is answered after N ms, every other path after the delay: 200 {"status":"healthy","service":"bench","n":1}
"""
import asyncio
import sys

BODY = b'{"status":"healthy","service":"bench","n":1}'
ANSWER = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s' % (len(BODY), BODY)


class Serve(asyncio.Protocol):
    def __init__(self, delay):
        self.delay = delay
        self.buffer = b''

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while b'\r\n\r\n' in self.buffer:
            head, self.buffer = self.buffer.split(b'\r\n\r\n', 1)
            path = head.split(b' ', 2)[1]
            delay = int(path.split(b'/')[2]) / 1000 if path.startswith(b'/delay/') else self.delay
            asyncio.get_running_loop().call_later(delay, self.send) if delay else self.send()

    def send(self):
        if not self.transport.is_closing():
            self.transport.write(ANSWER)


async def main():
    delay = float(sys.argv[3]) / 1000 if '--delay-ms' in sys.argv else 0
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serve(delay), '127.0.0.1', int(sys.argv[1]), backlog=1024)
    async with server:
        await server.serve_forever()

asyncio.run(main())
