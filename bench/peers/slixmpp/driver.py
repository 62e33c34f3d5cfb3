"""The same work as bench-driver, by slixmpp: one thread, asyncio, its own handlers and matchers."""

import asyncio
import logging
import resource
import ssl
import sys
import time

import slixmpp
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath, StanzaPath

OPTIONS = {
    "mode": "recv", "dialect": "component", "tls": "none", "addr": "127.0.0.1:5347", "n": "1000",
    "window": "1", "kind": "small", "conns": "1", "filters": "0", "cafile": "", "password": "secret",
}
for name, value in zip(sys.argv[1::2], sys.argv[2::2]):
    OPTIONS[name.removeprefix("--")] = value
N, WINDOW, FILTERS = (int(OPTIONS[name]) for name in ("n", "window", "filters"))
CONTENT = "jabber:component:accept" if OPTIONS["dialect"] == "component" else "jabber:client"
# What is not done by then fails.
ENOUGH = 100


def memory(name):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


class Region:
    def __init__(self):
        self.wall, self.usage = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)

    def end(self):
        wall, usage = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
        return {
            "wall_s": f"{wall - self.wall:.6f}",
            "cpu_user_s": f"{usage.ru_utime - self.usage.ru_utime:.6f}",
            "cpu_sys_s": f"{usage.ru_stime - self.usage.ru_stime:.6f}",
        }


def report(n, cost, **more):
    fields = {"n": n, **cost, **more, "max_rss_kb": memory("VmHWM")}
    numbers = "".join(f',"{name}":{value}' for name, value in fields.items())
    print(f'{{"driver":"slixmpp","mode":"{OPTIONS["mode"]}"{numbers}}}')


def percentiles(times):
    times.sort()
    at = lambda percent: f"{times[(len(times) - 1) * percent // 100] * 1e6:.1f}"
    return {"p50_us": at(50), "p99_us": at(99)}


async def ready():
    """A stream that is ready."""
    host, _, port = OPTIONS["addr"].rpartition(":")
    loop = asyncio.get_running_loop()
    is_ready = loop.create_future()
    failed = lambda *_: is_ready.done() or is_ready.set_exception(RuntimeError("it does not connect"))
    if OPTIONS["dialect"] == "component":
        xmpp = slixmpp.ComponentXMPP("bench.localhost", OPTIONS["password"], host, int(port))
    else:
        xmpp = slixmpp.ClientXMPP("bench@localhost/bench", OPTIONS["password"])
        secure = OPTIONS["tls"] == "starttls"
        xmpp.plugin["feature_mechanisms"].unencrypted_plain = True
        xmpp.enable_direct_tls = False
        xmpp.enable_starttls, xmpp.enable_plaintext = secure, not secure
        if secure:
            xmpp.ca_certs = OPTIONS["cafile"]
    xmpp.add_event_handler("session_start", lambda _: is_ready.done() or is_ready.set_result(True))
    for event in ("connection_failed", "failed_all_auth", "disconnected"):
        xmpp.add_event_handler(event, failed)
    xmpp.connect(host, int(port))
    await is_ready
    return xmpp


def order(xmpp, text):
    message = xmpp.make_message(mto="localhost", mbody=text, mtype="normal")
    if OPTIONS["dialect"] == "component":
        message["from"] = "bench.localhost"
    message.send()


async def receive():
    xmpp = await ready()
    done = asyncio.get_running_loop().create_future()
    seen = [0, 0]

    def message(stanza):
        seen[0] += len(str(stanza["from"]).encode()) + len(stanza["body"].encode())
        seen[1] += 1
        if seen[1] == N:
            done.set_result(True)

    for number in range(FILTERS):
        path = f"{{{CONTENT}}}message/{{urn:example:nothing:{number}}}x"
        xmpp.register_handler(Callback(f"nothing {number}", MatchXPath(path), lambda _: None))
    xmpp.register_handler(Callback("messages", StanzaPath("message"), message))
    region = Region()
    order(xmpp, f"cmd:source:{OPTIONS['kind']}:{N};")
    await done
    report(N, region.end(), check=seen[0])


async def send():
    xmpp = await ready()
    done = asyncio.get_running_loop().create_future()

    def message(stanza):
        if stanza["body"] == "done":
            done.set_result(True)

    xmpp.register_handler(Callback("messages", StanzaPath("message"), message))
    order(xmpp, f"cmd:sink:{N};")
    region = Region()
    for number in range(N):
        text = (f"Line {number:06}: the quick brown fox & its friends jump over the lazy dogs that "
                "sleep in the warm sunlit")
        message = xmpp.make_message(mto="peer@localhost", mbody=text, mtype="chat")
        message["id"] = f"m{number:06}"
        if OPTIONS["dialect"] == "component":
            message["from"] = "bench.localhost"
        message.send()
        # Its queue is written by a task of its own, which is to have its turn.
        if number % 200 == 199:
            await asyncio.sleep(0)
    await done
    report(N, region.end())


async def ask():
    xmpp = await ready()
    from_ = "bench.localhost" if OPTIONS["dialect"] == "component" else None

    async def one(times=None):
        begun = time.monotonic()
        iq = xmpp.make_iq_get(queryxmlns=None, ito="localhost", ifrom=from_)
        iq.append(slixmpp.xmlstream.ET.Element("{urn:xmpp:ping}ping"))
        await iq.send()
        if times is not None:
            times.append(time.monotonic() - begun)

    for _ in range(100):
        await one()
    times = []
    left = iter(range(N))

    async def some():
        for _ in left:
            await one(times)

    region = Region()
    await asyncio.gather(*(some() for _ in range(WINDOW)))
    report(N, region.end(), **(percentiles(times) if WINDOW == 1 else {}))


async def connect():
    times = []
    region = Region()
    for _ in range(N):
        begun = time.monotonic()
        xmpp = await ready()
        times.append(time.monotonic() - begun)
        await xmpp.disconnect(ignore_send_queue=True)
    report(N, region.end(), **percentiles(times))


MODES = {"recv": receive, "send": send, "rr": ask, "connect": connect}


async def main():
    if OPTIONS["mode"] not in MODES or OPTIONS["conns"] != "1":
        sys.exit("it has no such --mode")
    await asyncio.wait_for(MODES[OPTIONS["mode"]](), ENOUGH)


logging.disable(logging.CRITICAL)
asyncio.run(main())
