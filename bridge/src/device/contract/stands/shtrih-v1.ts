/** Shtrih-M, protocol V1, over TCP and over a serial line (a pty). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type KktEmulator,
  type KktOptions,
  startKktEmulator,
} from "../../../../../fixtures/kkt/index.ts";
import { SerialTransport, ShtrihDevice, TcpTransport } from "../../shtrih/index.ts";
import type { Transport } from "../../shtrih/transport/transport.ts";
import type { Fault, Rig, RigOptions, Stand } from "../stand.ts";
import { healRegister, ledgerOf, pressZ, type RegisterFault, registerFault } from "./register.ts";

const CLOSE = 0xff45;

/** Short waits: the emulator answers at once or never. */
export const FAST = {
  linkTiming: { controlMs: 120, byteMs: 80, pendingMs: 2_000 },
  linkV2Timing: { repeatMs: 80, byteMs: 80, tries: 3, readMs: 400 },
  sessionTiming: { busyPollMs: 5, answerMs: { FF45: 400, FF46: 400, FF0B: 400, "11": 300 } },
} as const;

/** How a fault of the contract is made on this wire. */
const ON_THE_WIRE: Readonly<Record<Fault, RegisterFault>> = {
  "lost-before": registerFault({ kind: "answer-lost-before-execute", command: CLOSE }),
  "lost-after": registerFault({ kind: "answer-lost-after-execute", command: CLOSE, keep: false }),
  late: registerFault({ kind: "answer-lost-after-execute", command: CLOSE, keep: true }),
  corrupt: registerFault({ kind: "corrupt-answer", command: CLOSE }),
  duplicated: registerFault({ kind: "duplicate-answer", command: CLOSE }),
  silent: registerFault({ kind: "silence", command: CLOSE }),
  refused: registerFault({ kind: "error", command: CLOSE, code: 0x33 }),
  "paper-out-before": registerFault({ kind: "paper-out", when: "before-close" }),
  "paper-out-during": registerFault({ kind: "paper-out", when: "during-print" }),
  "power-cut-before": registerFault({ kind: "power-cut", when: "before-execute", command: CLOSE }),
  "power-cut-after": registerFault({ kind: "power-cut", when: "after-execute", command: CLOSE }),
};

/** A rig that lets a test reach the emulator itself. */
export interface ShtrihRig extends Rig {
  readonly kkt: KktEmulator;
}

export interface ShtrihStand extends Stand {
  start(options?: RigOptions & KktOptions): Promise<ShtrihRig>;
}

/** @param transport to the emulator that was started with `options` */
export function shtrihStand(
  name: string,
  options: (directory: string) => KktOptions,
  transport: (kkt: KktEmulator) => Transport,
): ShtrihStand {
  return {
    name,
    impossible: {},
    async start({ printMs = 0, ...more } = {}) {
      const directory = mkdtempSync(join(tmpdir(), "device-"));
      const kkt = await startKktEmulator({ printMs, ...options(directory), ...more });
      const another = (): ShtrihDevice => new ShtrihDevice({ transport: transport(kkt), ...FAST });
      return {
        kkt,
        fn: kkt.fn,
        device: another(),
        another,
        inject: (fault) => {
          // only a device that answers after the paper has a print that can end in the answer
          if (fault === "paper-out-during") kkt.device.printMode = "blocking";
          kkt.device.addFault(ON_THE_WIRE[fault]);
        },
        heal: () => healRegister(kkt),
        setPaper: (present) => kkt.device.register.printer.setPaper(present),
        setCover: (open) => kkt.device.register.printer.setCover(open),
        pressZ: () => pressZ(kkt),
        moveClock: (seconds) => {
          kkt.device.register.clock.aheadSeconds += seconds;
        },
        ledger: () => ledgerOf(kkt),
        stop: async () => {
          await kkt.stop();
          rmSync(directory, { recursive: true, force: true });
        },
      };
    },
  };
}

export const shtrihV1Tcp = shtrihStand(
  "shtrih V1 over TCP",
  () => ({}),
  (kkt) => new TcpTransport({ host: "127.0.0.1", port: kkt.tcpPort ?? 0 }),
);

export const shtrihV1Serial = shtrihStand(
  "shtrih V1 over a serial line",
  (directory) => ({ tcp: null, pty: join(directory, "serial") }),
  (kkt) => new SerialTransport({ path: kkt.ptyPath ?? "" }),
);
