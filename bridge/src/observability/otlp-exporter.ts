/**
 * Spans by OTLP over HTTP as JSON (opentelemetry-proto, ExportTraceServiceRequest). Written out here
 * because the ready-made exporter wants a newer Node than the till's. What can't be delivered is
 * dropped: spans are for looking at, the journal is what counts.
 */
import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Logger } from "./logger.ts";

export interface OtlpExporterOptions {
  readonly url: string;
  readonly resource: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

const TIMEOUT = 5_000;
/** `ExportResultCode` of the SDK. */
const SUCCESS = 0;
const FAILED = 1;

export class OtlpExporter implements SpanExporter {
  readonly #options: OtlpExporterOptions;
  #complained = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
  }

  export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
    this.#send(spans).then(
      () => {
        this.#complained = false;
        done({ code: SUCCESS });
      },
      (error: unknown) => {
        if (!this.#complained) this.#options.logger.warn("spans_not_exported", { error });
        this.#complained = true;
        done({ code: FAILED, error: error as Error });
      },
    );
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  async #send(spans: readonly ReadableSpan[]): Promise<void> {
    const { url, resource } = this.#options;
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        resourceSpans: [
          {
            resource: { attributes: attributes(resource) },
            scopeSpans: [{ scope: { name: "opticserp-bridge" }, spans: spans.map(wireSpan) }],
          },
        ],
      }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`OTLP collector answered ${String(response.status)}`);
  }
}

function wireSpan(span: ReadableSpan): Record<string, unknown> {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    name: span.name,
    // SPAN_KIND_INTERNAL; the API counts from 0
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.endTime),
    attributes: attributes(span.attributes),
    status: { code: span.status.code, message: span.status.message ?? "" },
  };
}

function nanoseconds([seconds, rest]: HrTime): string {
  return (BigInt(seconds) * 1_000_000_000n + BigInt(rest)).toString();
}

function attributes(values: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: Number.isInteger(value)
      ? { intValue: String(value) }
      : { stringValue: typeof value === "string" ? value : JSON.stringify(value) },
  }));
}
