#!/usr/bin/env python3
"""A TCP proxy that puts a service on this machine a round trip away.

far.py --rtt-ms N LISTEN:UPSTREAM [LISTEN:UPSTREAM ...]

Each chunk is held back for half a round trip in each direction, and the first one of a connection for one more round trip,
as the handshake of TCP would. Bandwidth is not limited.
"""
import asyncio
import sys


async def pump(reader, writer, hold):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    async def drain():
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            try:
                if data is None:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()
            except (OSError, RuntimeError):
                return

    task = asyncio.ensure_future(drain())
    first = True
    while True:
        try:
            data = await reader.read(65536)
        except OSError:
            data = b''
        queue.put_nowait((loop.time() + hold(first), data or None))
        first = False
        if not data:
            break
    await task


def serve(listen, upstream, rtt):
    async def handle(reader, writer):
        try:
            up_reader, up_writer = await asyncio.open_connection('127.0.0.1', upstream)
            await asyncio.gather(
                pump(reader, up_writer, lambda first: rtt / 2 + (rtt if first else 0)),
                pump(up_reader, writer, lambda first: rtt / 2))
            up_writer.close()
        except OSError:
            pass
        finally:
            writer.close()
    return asyncio.start_server(handle, '127.0.0.1', listen, backlog=1024)


async def main():
    arguments = sys.argv[1:]
    rtt = 0.1
    if arguments[0] == '--rtt-ms':
        rtt = float(arguments[1]) / 1000
        arguments = arguments[2:]
    for pair in arguments:
        listen, upstream = pair.split(':')
        await serve(int(listen), int(upstream), rtt)
    await asyncio.Event().wait()

asyncio.run(main())
