/**
 * Loaded into the bridge as it is shipped (`NODE_OPTIONS=--import …`): listens to its journal and
 * times its device and its line from outside, without a change to any of them. Keeps everything in
 * memory while the bridge works and writes it down when the process ends.
 */
import { writeFileSync } from "node:fs";
import type * as ShtrihModule from "../../bridge/src/device/shtrih/index.ts";
import type { TransportEvents } from "../../bridge/src/device/shtrih/transport/transport.ts";
import type * as JournalModule from "../../bridge/src/journal/sqlite-journal.ts";
import { PROBE_FILE, encodeRecords, type ProbeRecord } from "./probe-record.ts";

/** The module of the built bridge, typed by its source. */
const built = (path: string): Promise<unknown> =>
  import(new URL(`../../bridge/dist/${path}.js`, import.meta.url).href);

const now = (): bigint => process.hrtime.bigint();
const records: ProbeRecord[] = [];

/** The receipt in the lane. */
let acceptedAt = 0n;
let commitNs = 0n;
let deviceNs = 0n;
let lineNs = 0n;
let bytes = 0;
/** When the journal was last asked for a change. */
let changeAt = 0n;
/** When a byte last went over the line, either way. */
let lineAt = 0n;

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/** Puts `around` in the place of a method, on the class itself. */
function replace(prototype: object, name: string, around: (original: Method) => Method): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== "function") throw new Error(`the bridge has no method ${name}`);
  Reflect.set(prototype, name, around(original as Method));
}

function watchJournal({ SqliteJournal }: typeof JournalModule): void {
  for (const name of ["accept", "markClosing", "markFiscalized"]) {
    replace(
      SqliteJournal.prototype,
      name,
      (change) =>
        function (...parameters) {
          changeAt = now();
          return change.apply(this, parameters);
        },
    );
  }
  const open = SqliteJournal.open.bind(SqliteJournal);
  SqliteJournal.open = (options) => {
    const journal = open(options);
    // the first listener of all: told directly after the commit
    journal.onReceipt((row) => {
      const at = now();
      if (row.state === "accepted") {
        acceptedAt = at;
        lineAt = at;
        commitNs = at - changeAt;
        deviceNs = 0n;
        lineNs = 0n;
        bytes = 0;
      } else if (row.state === "closing") {
        commitNs += at - changeAt;
      } else if (row.state === "fiscalized") {
        // told again for every leg that delivered it
        const key = `${row.key.uuid}:${String(row.key.attempt)}`;
        if (records.at(-1)?.key === key) return;
        commitNs += at - changeAt;
        records.push({ key, acceptedAt, fiscalizedAt: at, commitNs, deviceNs, lineNs, bytes });
      }
    });
    return journal;
  };
}

function timeDevice({ ShtrihDevice }: typeof ShtrihModule): void {
  const { prototype } = ShtrihDevice;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === "constructor") continue;
    replace(
      prototype,
      name,
      (original) =>
        async function (...parameters) {
          const from = now();
          try {
            return await original.apply(this, parameters);
          } finally {
            // what began before the receipt was somebody else's: the receipt waited for it
            if (from >= acceptedAt) deviceNs += now() - from;
          }
        },
    );
  }
}

/** Time that ends with bytes of the register was spent waiting for it; all other was ours. */
function timeLine({ TcpTransport, SerialTransport }: typeof ShtrihModule): void {
  const arrived = (data: Uint8Array): void => {
    const at = now();
    lineNs += at - lineAt;
    lineAt = at;
    bytes += data.length;
  };
  for (const { prototype } of [TcpTransport, SerialTransport]) {
    replace(
      prototype,
      "open",
      (open) =>
        function (events) {
          const told = events as TransportEvents;
          return open.call(this, {
            lost: (error: Error) => told.lost(error),
            data: (chunk: Uint8Array) => {
              arrived(chunk);
              told.data(chunk);
            },
          });
        },
    );
    replace(
      prototype,
      "write",
      (write) =>
        function (chunk) {
          lineAt = now();
          bytes += (chunk as Uint8Array).length;
          return write.call(this, chunk);
        },
    );
  }
}

const file = process.env[PROBE_FILE];
if (file === undefined) throw new Error(`${PROBE_FILE} must name a file`);
const shtrih = (await built("device/shtrih/index")) as typeof ShtrihModule;
watchJournal((await built("journal/sqlite-journal")) as typeof JournalModule);
timeDevice(shtrih);
timeLine(shtrih);
process.once("exit", () => writeFileSync(file, encodeRecords(records)));
