/** Odoo and ОФД belong to all tills: an outage lasts as long as any till's plan wants one. */
import { setTimeout as sleep } from "node:timers/promises";
import type { OfdControl } from "@opticserp/fixtures/stand/control.ts";
import type { Link, LinkMode } from "../support/gate.ts";
import type { Fault, OdooFault } from "./faults.ts";

export class Outages {
  readonly #link: Link;
  readonly #ofd: OfdControl;
  readonly #odooPid: number;
  /** Gate and process are set one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #odoo: OdooFault[] = [];
  #ofdAway = 0;

  constructor(link: Link, ofd: OfdControl, odooPid: number) {
    this.#link = link;
    this.#ofd = ofd;
    this.#odooPid = odooPid;
  }

  /** Odoo goes away until everything is calm again. */
  async withoutOdoo(what: OdooFault): Promise<void> {
    this.#odoo.push(what);
    await this.#apply();
  }

  async odoo(what: OdooFault, forMs: number): Promise<void> {
    this.#odoo.push(what);
    await this.#apply();
    await sleep(forMs);
    const at = this.#odoo.indexOf(what);
    if (at >= 0) this.#odoo.splice(at, 1);
    await this.#apply();
  }

  async ofd({ what, count, forMs }: Extract<Fault, { kind: "ofd" }>): Promise<void> {
    this.#ofdAway += 1;
    await this.#ofd.fault({ kind: what, count, ...(what === "delay" ? { ms: 300 } : {}) });
    await sleep(forMs);
    this.#ofdAway -= 1;
    if (this.#ofdAway === 0) await this.#ofd.clearFaults();
  }

  /** Everything is as on a good day. */
  async calm(): Promise<void> {
    this.#odoo = [];
    await this.#apply();
    await this.#ofd.clearFaults();
  }

  #apply(): Promise<void> {
    const next = this.#turn.then(async () => {
      const stopped = this.#odoo.includes("stop");
      process.kill(this.#odooPid, stopped ? "SIGSTOP" : "SIGCONT");
      const modes = this.#odoo.filter((what): what is LinkMode & OdooFault => what !== "stop");
      await this.#link.set(modes.at(-1) ?? "pass");
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }
}
