#!/usr/bin/env python3
# Needs: pip install confluent-kafka fastavro cryptography   (cryptography only for --key)
"""A foreign intake node in one file: publishes applications, reports to the centre, follows outcomes.

It follows schemas/README.md and nothing else. What it leaves out is a disk: a real node keeps each
record's bytes before it answers the person who submitted, and sends those same bytes after a crash.

Exit code: 0 when every event was acknowledged (and, with --wait, settled), 1 otherwise.
"""

import argparse
import hashlib
import io
import json
import os
import pathlib
import secrets
import sys
import time
import uuid

import fastavro
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

PEOPLE = [
    {"full_name": "Lò Văn Pâng", "date_of_birth": "05/09/1987", "sex": "Nam", "birth_province": "11",
     "personal_number": "011087001234"},
    {"full_name": "Vàng Thị Mỷ", "date_of_birth": "1950", "sex": "Nữ", "ethnicity": "H'Mông"},
    {"surname": "Nguyễn", "middle_name": "Thị", "given_name": "Hồng", "date_of_birth": "29/02/2000", "sex": "Nữ"},
    {"full_name": "Quàng Văn Ín", "date_of_birth": "31/04/1979", "sex": "Nam"},  # held: no such day
    {"date_of_birth": "01/01/1990", "sex": "Nam"},  # rejected: nobody can be identified
]


class Codec:
    """One schema of schemas/avro: Avro single-object encoding."""

    def __init__(self, name):
        path = pathlib.Path(__file__).resolve().parent.parent / "avro" / f"{name}.avsc"
        written = json.loads(path.read_text(encoding="utf-8"))
        crc = fingerprint(to_parsing_canonical_form(written), "CRC-64-AVRO")  # hex, already little-endian
        self.header = b"\xc3\x01" + bytes.fromhex(crc)
        self.schema = parse_schema(written)

    def encode(self, value):
        body = io.BytesIO()
        fastavro.schemaless_writer(body, self.schema, value, strict_allow_default=True)
        return self.header + body.getvalue()

    def decode(self, record):
        if record[:10] != self.header:
            raise ValueError("a record of another schema")
        return fastavro.schemaless_reader(io.BytesIO(record[10:]), self.schema, None)


def now_ms():
    return time.time_ns() // 1_000_000


def uuid7():
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits."""
    bits = now_ms() << 80 | int.from_bytes(os.urandom(10), "big")
    return uuid.UUID(int=bits & ~(0xF << 76 | 0x3 << 62) | 0x7 << 76 | 0x2 << 62)


def person(n):
    """The list over and over; its personal number is another one each time."""
    chosen = dict(PEOPLE[n % len(PEOPLE)])
    if "personal_number" in chosen:
        chosen["personal_number"] = f"011087{secrets.randbelow(10**6):06}"
    return chosen


def application(person):
    return ("vn.intake.ApplicationSubmitted", {
        "application_id": uuid.uuid4().bytes,
        "revision": 1,
        "form_id": "CC01",
        "form_version": "2024-07",
        "channel": "mobile_team",
        "service": "first_issue",
        "commune": "03127",
        "applicant": person,
    })


class Series:
    """One (node_id, epoch): hands out sequences and keeps the chain."""

    def __init__(self, node_id):
        self.codec = Codec("IntakeEvent")
        self.node_id = node_id
        self.epoch = uuid.uuid4().bytes
        self.captured = 0
        self.head_hash = bytes(32)

    def next(self, body):
        self.captured += 1
        record = self.codec.encode({
            "event_id": uuid7().bytes,
            "node_id": self.node_id,
            "epoch": self.epoch,
            "sequence": self.captured,
            "previous_hash": self.head_hash,
            "captured_at": now_ms(),
            "spooled_at": now_ms(),
            "body": body,
        })
        self.head_hash = hashlib.sha256(record).digest()
        return record


def publish(producer, topic, node_id, records):
    """Sends in order; returns partition and offset of the last record once all are acknowledged."""
    acknowledged, failed = [], []

    def delivered(error, message):
        if error is None:
            acknowledged.append((message.partition(), message.offset()))
        else:
            failed.append(error)

    for record in records:
        producer.produce(topic, key=node_id.encode(), value=record, on_delivery=delivered)
        producer.poll(0)
    left = producer.flush(30)
    if failed or left:
        sys.exit(f"{topic}: {len(acknowledged)} acknowledged, {left} without an answer, refused: {failed[:1]}")
    return acknowledged[-1]


def manifest(series, province, position, key):
    claim = Codec("NodeClaim").encode({
        "node_id": series.node_id,
        "province": province,
        "counter": now_ms(),
        "at": now_ms(),
        "epoch": series.epoch,
        "captured": series.captured,
        "published": series.captured,
        "head_hash": series.head_hash,
        "published_partition": position[0],
        "published_offset": position[1],
        "spool_bytes": 0,
        "software": "publish.py 1.0",
    })
    return Codec("NodeManifest").encode({"claim": claim, "signature": key.sign(claim) if key else None})


def follow(consumer, series, seconds):
    """Prints this series' outcomes as they come; returns how many of its events are settled."""
    codec, settled, deadline = Codec("OutcomeNotice"), {}, time.monotonic() + seconds
    while len(settled) < series.captured and time.monotonic() < deadline:
        message = consumer.poll(0.5)
        if message is None:
            continue
        if message.error():
            raise KafkaException(message.error())
        if message.key() != series.node_id.encode():
            continue
        notice = codec.decode(message.value())
        event, known = notice["event_id"], settled.get(notice["event_id"])
        if notice["epoch"] == series.epoch and (known is None or known["sequence"] < notice["sequence"]):
            settled[event] = notice
            why = ", ".join(found["code"] for found in notice["findings"])
            print(f"{notice['node_sequence']:>6}  {uuid.UUID(bytes=event)}  {notice['outcome']}  {why}", flush=True)
    return len(settled)


def signing_key(path, node_id):
    """Reads an Ed25519 secret key of 32 bytes, or makes one; says how to register it."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(32))
    key = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    print(f"{node_id}: public key {key.public_key().public_bytes_raw().hex()}", file=sys.stderr)
    return key


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--brokers", default="127.0.0.1:19092")
    parser.add_argument("--namespace", default="", help="prefix of all topics, where the cluster has one")
    parser.add_argument("--province", default="dien-bien", help="slug of the node's province")
    parser.add_argument("--node-id", default="dien-bien-py-01")
    parser.add_argument("--count", type=int, default=5, help="applications to publish (1 or more)")
    parser.add_argument("--key", type=pathlib.Path, metavar="FILE",
                        help="the Ed25519 key to sign manifests with: 32 bytes, made if missing")
    parser.add_argument("--wait", type=float, default=0, metavar="SECONDS",
                        help="follow the outcomes, at most this long")
    args = parser.parse_args()
    if args.count < 1:
        parser.error("--count must be 1 or more")
    key = signing_key(args.key, args.node_id) if args.key else None
    prefix = f"{args.namespace}." if args.namespace else ""
    topic = {kind: f"{prefix}intake.{kind}.{args.province}" for kind in ("applications", "nodes", "outcomes")}

    consumer = Consumer({
        "bootstrap.servers": args.brokers,
        "group.id": f"{prefix}{args.node_id}",  # the client asks for one; assign() never joins it
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
    })
    # Where the outcomes end before anything is published; a real node goes on where it stopped.
    partition = TopicPartition(topic["outcomes"], 0)
    partition.offset = consumer.get_watermark_offsets(partition, timeout=10)[1]
    consumer.assign([partition])

    producer = Producer({
        "bootstrap.servers": args.brokers,
        "enable.idempotence": True,
        "acks": "all",
        "partitioner": "murmur2_random",
        "compression.type": "lz4",
        "message.max.bytes": 1_052_672,
    })
    series = Series(args.node_id)
    records = [series.next(application(person(n))) for n in range(args.count)]
    position = publish(producer, topic["applications"], args.node_id, records)
    publish(producer, topic["nodes"], args.node_id, [manifest(series, args.province, position, key)])
    print(f"{args.node_id}: published {series.captured} events in epoch {uuid.UUID(bytes=series.epoch)}", file=sys.stderr)

    settled = follow(consumer, series, args.wait) if args.wait else series.captured
    consumer.close()
    if settled < series.captured:
        sys.exit(f"{series.captured - settled} events have no outcome after {args.wait:g} s")


if __name__ == "__main__":
    main()
