/** ATOL's web server, generations 1 and 2, over HTTP. */
import { startAtolEmulator } from "../../../../../fixtures/atol/index.ts";
import type { FaultInput } from "../../../../../fixtures/atol/faults.ts";
import { AtolDevice } from "../../atol/index.ts";
import type { Fault, Stand } from "../stand.ts";
import { healRegister, ledgerOf, pressZ, registerFault } from "./register.ts";

/** Short waits: the emulator answers at once or never. */
export const FAST_ATOL = {
  requestMs: 1_000,
  timing: {
    pollMs: [5, 10, 20],
    askMs: 4_000,
    signMs: 1_500,
    blockedMs: 150,
    retryMs: 20,
  },
} as const;

/** How a fault of the contract is made on this wire; null: by the register's own hands. */
const ON_THE_WIRE: Readonly<Record<Fault, FaultInput | null>> = {
  "lost-before": { kind: "lost", when: "before" },
  "lost-after": { kind: "lost", when: "after" },
  // every GET is lost for a while: the task is done and nobody hears of it
  late: { kind: "lost", when: "after", on: "get", count: 12 },
  corrupt: { kind: "answer", body: "garbage" },
  duplicated: { kind: "answer", body: "half" },
  silent: { kind: "hang" },
  refused: { kind: "error", code: 13 },
  "paper-out-before": null,
  "paper-out-during": null,
  "power-cut-before": { kind: "power-cut", when: "before-execute" },
  "power-cut-after": { kind: "power-cut", when: "after-execute" },
};

function atolStand(generation: 1 | 2): Stand {
  return {
    name: `ATOL's web server, generation ${generation}`,
    impossible: {},
    async start({ printMs = 0, ofd } = {}) {
      const emulator = await startAtolEmulator({
        generation,
        login: "admin:secret",
        kkt: { printMs, ofd },
      });
      const { kkt, server } = emulator;
      const another = (): AtolDevice =>
        new AtolDevice({
          url: emulator.url,
          login: "admin",
          password: "secret",
          deviceId: "1",
          ...FAST_ATOL,
        });
      return {
        device: another(),
        another,
        fn: kkt.fn,
        inject: (fault) => {
          const wire = ON_THE_WIRE[fault];
          if (wire) server.faults.add(wire);
          else if (fault === "paper-out-before") kkt.device.register.printer.setPaper(false);
          else kkt.device.addFault(registerFault({ kind: "paper-out", when: "during-print" }));
        },
        heal: () => {
          server.clearFaults();
          healRegister(kkt);
        },
        setPaper: (present) => kkt.device.register.printer.setPaper(present),
        setCover: (open) => kkt.device.register.printer.setCover(open),
        pressZ: () => pressZ(kkt),
        moveClock: (seconds) => {
          kkt.device.register.clock.aheadSeconds += seconds;
        },
        ledger: () => ledgerOf(kkt),
        stop: () => emulator.stop(),
      };
    },
  };
}

export const atol1 = atolStand(1);
export const atol2 = atolStand(2);
