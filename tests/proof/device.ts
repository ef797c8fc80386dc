/** `DEVICE=serial:PATH` or `DEVICE=tcp:HOST:PORT`: the real register that a proof shall drive. */

export type DeviceSection =
  | { readonly driver: "shtrih"; readonly transport: "serial"; readonly path: string }
  | {
      readonly driver: "shtrih";
      readonly transport: "tcp";
      readonly host: string;
      readonly port: number;
    };

/** @throws Error naming what is allowed; null: no device is named */
export function deviceOf(text: string | undefined): DeviceSection | null {
  if (text === undefined || text === "") return null;
  const serial = /^serial:(\/.+)$/.exec(text)?.[1];
  if (serial !== undefined) return { driver: "shtrih", transport: "serial", path: serial };
  const [, host, port] = /^tcp:([^:]+):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  if (host !== undefined && number >= 1 && number <= 65_535) {
    return { driver: "shtrih", transport: "tcp", host, port: number };
  }
  throw new Error(
    `DEVICE=${text}: serial:PATH (an absolute path) or tcp:HOST:PORT (1-65535) is allowed`,
  );
}
