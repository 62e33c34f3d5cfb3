"""slixmpp on a server of ours: a client or a component, as main.rs describes.

It says what happens, one line each: a word, and the texts that belong to it in hexadecimal UTF-8.
"""

import asyncio
import os
import sys

import slixmpp
from slixmpp.xmlstream import ET, ElementBase, register_stanza_plugin

NOTE = "urn:example:note"


class Note(ElementBase):
    """An extension with a text in an attribute and another as content."""

    name = "note"
    namespace = NOTE
    plugin_attrib = "note"
    interfaces = {"says"}


def say(word, *texts):
    print(word, *(text.encode().hex() or "-" for text in texts), flush=True)


def give_up(word, status):
    say(word)
    # Not sys.exit: handlers of events may not raise.
    os._exit(status)


class Bot:
    """What client and component have in common."""

    def set_up(self, env):
        self.env = env
        self.register_plugin("xep_0092", {"software_name": "slixmpp's bot", "version": "1"})
        self.register_plugin("xep_0199")
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("message", self.received)
        self.add_event_handler("disconnected", self.ended)
        self.add_event_handler("connection_failed", lambda _: give_up("unreachable", 5))
        self.leaving = False

    async def started(self, _):
        say("ready", str(self.boundjid), self.way_in())
        server = self.env["DOMAIN"]
        version = await self.plugin["xep_0092"].get_version(server, ifrom=self.me())
        say("version", version["software_version"]["name"])
        await self.plugin["xep_0199"].send_ping(server, ifrom=self.me())
        say("pong")
        message = self.make_message(
            mto=self.env["PEER"], mbody=self.env["TEXT"], mtype="chat", mfrom=self.me()
        )
        note = ET.SubElement(message.xml, f"{{{NOTE}}}note", {"says": self.env["LINE"]})
        note.text = self.env["TEXT"]
        message.send()

    async def received(self, message):
        note = message["note"]
        say("message", str(message["from"]), message["body"], note["says"], note.xml.text or "")
        if message["body"] == "leave":
            self.leaving = True
            self.disconnect()

    def ended(self, reason):
        # That the server has ended its stream too, slixmpp tells by this reason only.
        if self.leaving and reason == "End of stream":
            give_up("closed", 0)
        # A certificate that was refused is told after it.
        self.loop.call_later(1, give_up, "lost", 6)

    def me(self):
        return None


class Client(Bot, slixmpp.ClientXMPP):
    def __init__(self, env):
        super().__init__(env["JID"], env["PASSWORD"])
        self.set_up(env)
        self.enable_direct_tls = env["DIRECT_TLS"] == "1"
        self.enable_starttls = not self.enable_direct_tls
        self.ca_certs = env["CA"]
        self.add_event_handler("failed_all_auth", lambda _: give_up("refused", 3))
        self.add_event_handler("ssl_invalid_chain", lambda _: give_up("distrusted", 4))

    def way_in(self):
        return self.plugin["feature_mechanisms"].mech.name


class Component(Bot, slixmpp.ComponentXMPP):
    def __init__(self, env):
        super().__init__(env["JID"], env["PASSWORD"], env["HOST"], int(env["PORT"]))
        self.set_up(env)
        # A refused handshake is a stream error; slixmpp has no event of its own for it.
        self.add_event_handler("stream_error", lambda _: give_up("refused", 3))

    def way_in(self):
        return "handshake"

    def me(self):
        return "bot@" + self.env["JID"]


async def main():
    env = os.environ
    bot = Component(env) if env["AS"] == "component" else Client(env)
    register_stanza_plugin(slixmpp.Message, Note)
    bot.connect(env["HOST"], int(env["PORT"]))
    await asyncio.sleep(float(env["SECONDS"]))
    give_up("stuck", 7)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
