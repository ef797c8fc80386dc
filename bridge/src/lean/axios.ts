/**
 * axios without the browser's half of it. On loading it looks at the global `Request` and its kin,
 * and a look is enough for Node to load its whole `fetch` (undici and a WebAssembly parser, some
 * megabytes of a till's memory). All calls here go through `node:http`, so axios does not see them.
 */
import type * as Axios from "axios";

const UNSEEN = ["fetch", "Request", "Response", "FormData"] as const;

async function load(): Promise<typeof Axios> {
  const seen = UNSEEN.map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const name of UNSEEN) {
    Object.defineProperty(globalThis, name, { value: undefined, configurable: true });
  }
  try {
    return await import("axios");
  } finally {
    for (const [name, descriptor] of seen) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

const loaded = await load();

export const axios = loaded.default;
export const { AxiosError } = loaded;
