/** Shtrih-M, protocol V2, over TCP and over a serial line (a pty). */
import { join } from "node:path";
import { SerialTransport, TcpTransport } from "../../shtrih/index.ts";
import { shtrihStand } from "./shtrih-v1.ts";

export const shtrihV2Tcp = shtrihStand(
  "shtrih V2 over TCP",
  () => ({ protocolV2: true }),
  (kkt) => new TcpTransport({ host: "127.0.0.1", port: kkt.tcpPort ?? 0 }),
);

export const shtrihV2Serial = shtrihStand(
  "shtrih V2 over a serial line",
  (directory) => ({ tcp: null, pty: join(directory, "serial"), protocolV2: true }),
  (kkt) => new SerialTransport({ path: kkt.ptyPath ?? "" }),
);
