"""An intruder who owns the broker: forges, replays, misdirects and rolls back orders, as many as wanted."""

import json
import random
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec
from contract.orders import Command, Counter, Envelope, Grant, Plan
from contract.signing import kid, sign
from contract.terms import Order
from tests.edge.speaker.house import House, cue, emergency


class Forger:
    """Knows everything that ever went over the wire, every public key and every nonce; but no secret key."""

    def __init__(self, house: House, seed: int) -> None:
        self._house = house
        self._random = random.Random(seed)
        self._own = Ed25519PrivateKey.generate()
        self.seen: list[bytes] = []

    def wires(self, count: int) -> Iterator[tuple[str, bytes]]:
        """`count` wires, each with the name of its trick."""
        tricks: list[Callable[[], bytes]] = [
            self.flipped_bit,
            self.cut_short,
            self.own_key,
            self.own_key_under_the_hubs_name,
            self.granted_by_itself,
            self.granted_by_the_daily_key,
            self.replayed,
            self.replayed_with_another_counter,
            self.for_another_node,
            self.of_another_kind,
            self.of_another_epoch,
            self.rolled_back,
            self.swapped_body,
            self.noise,
            self.bomb,
            self.deep,
        ]
        for i in range(count):
            trick = tricks[i % len(tricks)]
            yield trick.__name__, trick()

    def body(self) -> Plan | Command:
        """What the intruder would like to be heard, with the freshest nonce and a counter from the future."""
        now = self._house.clock.now()
        counter = Counter(self._house.hub.epoch, self._house.hub.n + self._random.randint(1, 1000))
        flood = emergency(f"fake{self._random.randrange(10**9)}", now + timedelta(seconds=8))
        order = self._house.hub.play(flood, self._house.nonce, 3600)
        wishes: list[Plan | Command] = [
            self._house.hub.plan([flood], now),
            order,
            replace(order, order=Order.STOP),
            replace(order, order=Order.TIME, cue=None, audio=(), at=now + timedelta(days=365)),
        ]
        return replace(self._random.choice(wishes), counter=counter)

    def genuine(self) -> Envelope:
        """Some envelope that the hub really sent."""
        return codec.decode_envelope(self._random.choice(self.seen))

    def flipped_bit(self) -> bytes:
        envelope = self.genuine()
        if self._random.random() < 0.5:
            return codec.encode(replace(envelope, body=self._flip(envelope.body)))
        return codec.encode(replace(envelope, sig=self._flip(envelope.sig)))

    def cut_short(self) -> bytes:
        wire = self._random.choice(self.seen)
        return wire[: self._random.randrange(len(wire))]

    def own_key(self) -> bytes:
        return codec.encode(sign(self.body(), self._own))

    def own_key_under_the_hubs_name(self) -> bytes:
        hub = kid(self._house.hub.daily.public_key())
        return codec.encode(replace(sign(self.body(), self._own), kid=hub))

    def granted_by_itself(self) -> bytes:
        return codec.encode(sign(self.body(), self._own, sign(self._grant(), self._own)))

    def granted_by_the_daily_key(self) -> bytes:
        """As a thief of the hub would: the daily key may not replace itself."""
        return codec.encode(sign(self.body(), self._own, sign(self._grant(), self._house.hub.daily)))

    def replayed(self) -> bytes:
        return self._random.choice(self.seen)

    def replayed_with_another_counter(self) -> bytes:
        envelope = self.genuine()
        raw = json.loads(zlib.decompress(envelope.body))
        raw["counter"]["n"] += 10_000
        return codec.encode(replace(envelope, body=zlib.compress(json.dumps(raw).encode())))

    def for_another_node(self) -> bytes:
        """Genuine, but meant for the neighbours: no nonce and no counter protects from that."""
        return codec.encode(sign(replace(self.body(), node="binhminh-thon-2"), self._house.hub.daily))

    def of_another_kind(self) -> bytes:
        """A signature for one use, put before another."""
        genuine, wanted = self.genuine(), sign(self.body(), self._own)
        return codec.encode(replace(wanted, kid=genuine.kid, sig=genuine.sig))

    def of_another_epoch(self) -> bytes:
        body = self.body()
        return codec.encode(sign(replace(body, counter=Counter(body.counter.epoch + 1, 1)), self._house.hub.daily))

    def rolled_back(self) -> bytes:
        """Signed with a key that was replaced since, by whoever stole it."""
        return codec.encode(sign(self.body(), self._house.stolen))

    def swapped_body(self) -> bytes:
        genuine = self.genuine()
        return codec.encode(replace(genuine, body=sign(self.body(), self._own).body))

    def noise(self) -> bytes:
        return self._random.randbytes(self._random.randrange(300))

    def bomb(self) -> bytes:
        envelope = replace(self.genuine(), body=zlib.compress(bytes(8 * 1024 * 1024)))
        return codec.encode(envelope)

    def deep(self) -> bytes:
        depth = self._random.randrange(1, 5000)
        return b'{"v":1,"kid":"x","grant":' * depth + b64encode(b"x") + b"}" * depth

    def _flip(self, data: bytes) -> bytes:
        changed = bytearray(data)
        changed[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)
        return bytes(changed)

    def _grant(self) -> Grant:
        own = self._own.public_key().public_bytes_raw().hex()
        return Grant(epoch=self._house.hub.epoch + 1, daily_key=own)


def remember_life(house: House, forger: Forger) -> None:
    """Let some genuine orders go over the wire, for the intruder to keep."""
    for i in range(5):
        news = cue(f"plan{i}", house.clock.now() + timedelta(days=40))
        house.know([news])
        forger.seen.append(house.hub.seal(house.hub.plan([news], house.clock.now())))
        house.put_wire(forger.seen[-1])
        house.run(1)
    for i in range(5):
        flood = emergency(f"live{i}", house.clock.now(), 2)
        house.know([flood])
        order = house.hub.play(flood, house.nonce)
        house.deliver(*order.audio)
        forger.seen.append(house.hub.seal(order))
        house.put_command(forger.seen[-1])
        house.run(5)
