/**
 * A receipt without paper: table 17 field 7 = 1 keeps the next document off the roll and falls back
 * by itself; it is what public drivers write before an electronic receipt on the desktop models.
 * Where it was written and no document came, the next one would miss its paper: so it is taken back.
 */
import { readTable } from "./commands/read-table.ts";
import { writeTable } from "./commands/write-table.ts";
import { DeviceRefusal } from "../fiscal-device.ts";
import type { ShtrihSession } from "./session.ts";

const FIELD = { table: 17, row: 1, field: 7 } as const;

export class PaperSwitch {
  readonly #session: ShtrihSession;
  readonly #password: number;
  /** The next document may stay off the paper. */
  #off = false;

  constructor(session: ShtrihSession, password: number) {
    this.#session = session;
    this.#password = password;
  }

  /** What an earlier process or a power cut has left. Models without the field always print. */
  async look(): Promise<void> {
    const request = { password: this.#password, ...FIELD };
    try {
      this.#off = (await this.#session.run(readTable, request)).number === 1;
    } catch (error) {
      if (!(error instanceof DeviceRefusal)) throw error;
      this.#off = false;
    }
  }

  /** @throws DeviceRefusal where the model cannot leave the paper out */
  async set(paper: boolean): Promise<void> {
    if (paper && !this.#off) return;
    // whatever becomes of the write, the field may say so now
    this.#off = true;
    const value = Uint8Array.of(paper ? 0 : 1);
    await this.#session.run(writeTable, { password: this.#password, ...FIELD, value });
    this.#off = !paper;
  }
}
