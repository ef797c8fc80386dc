/** Name and address for the copy of a receipt, kept for the time when the register is away. */
import { z } from "zod";
import type { DeviceInfo } from "../device/fiscal-device.ts";
import type { Journal } from "../journal/types.ts";
import type { Registration } from "../odoo/receipt-row.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

const passportSchema = z.object({
  userName: z.string(),
  address: z.string(),
  // 0 in a journal of before: not known yet
  taxSystems: z.number().int().default(0),
});

export class PassportMemory {
  readonly #setting: DurableSetting<typeof passportSchema>;
  #current: Registration = { userName: "", address: "", taxSystems: 0 };

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#setting = new DurableSetting(journal, "device.passport", passportSchema);
  }

  get current(): Registration {
    return this.#current;
  }

  load(): void {
    this.#current = this.#setting.read() ?? this.#current;
  }

  learn(info: Pick<DeviceInfo, "userName" | "address" | "taxSystems">): void {
    const { userName, address, taxSystems } = info;
    const known = this.#current;
    const same = userName === known.userName && address === known.address;
    if (same && taxSystems === known.taxSystems) return;
    this.#current = { userName, address, taxSystems };
    this.#setting.write(this.#current);
  }
}
