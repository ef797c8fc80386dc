/** Opens the two listeners of the bridge, or says which one could not be opened and why. */
import type { Server } from "node:http";
import type { Config } from "../config/schema.ts";
import { close, listen } from "../http/server.ts";
import { StartError } from "./errors.ts";

/** @throws StartError; none of the two is left open then */
export async function listenOnBoth(
  config: Pick<Config, "http" | "metrics">,
  httpServer: Server,
  metricsServer: Server,
): Promise<{ readonly httpUrl: string; readonly metricsUrl: string }> {
  const httpUrl = await listenOrExplain(httpServer, "http", config.http);
  try {
    const metricsUrl = await listenOrExplain(metricsServer, "metrics", config.metrics);
    return { httpUrl, metricsUrl: `${metricsUrl}/metrics` };
  } catch (error) {
    await close(httpServer, 0);
    throw error;
  }
}

async function listenOrExplain(
  server: Server,
  section: "http" | "metrics",
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    return (await listen(server, host, port)).url;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "the port is in use" : (code ?? String(error));
    throw new StartError(`cannot listen on ${host}:${port} ([${section}] host, port): ${why}`);
  }
}
