/**
 * Where spans go: nowhere, unless `[tracing] otlp_url` is given. The SDK is loaded only then, so
 * that a till without it pays neither memory nor time.
 */
import { trace } from "@opentelemetry/api";
import type { Logger } from "./logger.ts";

export interface Tracing {
  stop(): Promise<void>;
}

export interface TracingOptions {
  readonly url: string | undefined;
  readonly till: string;
  readonly version: string;
  readonly logger: Logger;
}

const OFF: Tracing = { stop: () => Promise.resolve() };

export async function startTracing({
  url,
  till,
  version,
  logger,
}: TracingOptions): Promise<Tracing> {
  if (url === undefined) return OFF;
  const { BasicTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-base");
  const { OtlpExporter } = await import("./otlp-exporter.ts");
  const resource = {
    "service.name": "opticserp-bridge",
    "service.version": version,
    "kkt.till": till,
  };
  const provider = new BasicTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OtlpExporter({ url, resource, logger }))],
  });
  trace.setGlobalTracerProvider(provider);
  return {
    stop: async () => {
      trace.disable();
      await provider.shutdown();
    },
  };
}
