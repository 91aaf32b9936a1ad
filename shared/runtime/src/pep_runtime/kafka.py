"""Kafka clients as this project needs them, and a look at the last record of a topic."""

from __future__ import annotations

from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord


async def start_producer(bootstrap: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas; batches are built by the caller."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        max_request_size=1_048_576,
    )
    await producer.start()
    return producer


def reader(bootstrap: str, *topics: str, **settings: Any) -> AIOKafkaConsumer:
    """A consumer without automatic commits that begins at the beginning."""
    return AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        metadata_max_age_ms=5_000,
        **settings,
    )


async def last_record(consumer: AIOKafkaConsumer, topic: str) -> tuple[ConsumerRecord[bytes, bytes] | None, int]:
    """The last record of a topic's only partition (None if it is empty) and the offset that comes next."""
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    first = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    if end == first:
        return None, end
    consumer.seek(partition, end - 1)
    return await consumer.getone(partition), end
