"""One trace from a person's request through journal and Kafka to what it set off. Spans hold no personal data."""

from __future__ import annotations

from pathlib import Path

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
tracer = trace.get_tracer("pep_runtime")


def start_tracing(service: str, file: Path | None) -> TracerProvider:
    """Spans of this process, written to `file` one JSON document a line, or kept nowhere."""
    # What nobody keeps is not recorded; its ids travel all the same.
    sampler = ALWAYS_OFF if file is None else ParentBased(ALWAYS_ON)
    provider = TracerProvider(sampler, Resource.create({"service.name": service}))
    if file is not None:
        out = file.open("a", encoding="utf-8")
        exporter = ConsoleSpanExporter(out=out, formatter=lambda span: span.to_json(indent=None) + "\n")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def current_trace() -> str | None:
    """The W3C `traceparent` of the current span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def context_of(traceparent: str | None) -> Context | None:
    """The context that a stored `traceparent` names, to go on from."""
    return _propagator.extract({"traceparent": traceparent}) if traceparent else None
