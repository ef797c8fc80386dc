/** Name and address for the copy of a receipt, kept for the time when the register is away. */
import { z } from "zod";
import type { DeviceInfo } from "../device/fiscal-device.ts";
import type { Passport } from "../http/receipt-body.ts";
import type { Journal } from "../journal/types.ts";

const SETTING = "device.passport";
const passportSchema = z.object({ userName: z.string(), address: z.string() });

export class PassportMemory {
  readonly #journal: Pick<Journal, "getSetting" | "setSetting">;
  #current: Passport = { userName: "", address: "" };

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#journal = journal;
  }

  get current(): Passport {
    return this.#current;
  }

  load(): void {
    const text = this.#journal.getSetting(SETTING);
    if (text !== null) this.#current = passportSchema.parse(JSON.parse(text));
  }

  learn({ userName, address }: Pick<DeviceInfo, "userName" | "address">): void {
    if (userName === this.#current.userName && address === this.#current.address) return;
    this.#current = { userName, address };
    this.#journal.setSetting(SETTING, JSON.stringify(this.#current));
  }
}
