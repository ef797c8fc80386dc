/** Name and address for the copy of a receipt, kept for the time when the register is away. */
import { z } from "zod";
import type { DeviceInfo } from "../device/fiscal-device.ts";
import type { Passport } from "../http/receipt-body.ts";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

const passportSchema = z.object({ userName: z.string(), address: z.string() });

export class PassportMemory {
  readonly #setting: DurableSetting<typeof passportSchema>;
  #current: Passport = { userName: "", address: "" };

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#setting = new DurableSetting(journal, "device.passport", passportSchema);
  }

  get current(): Passport {
    return this.#current;
  }

  load(): void {
    this.#current = this.#setting.read() ?? this.#current;
  }

  learn({ userName, address }: Pick<DeviceInfo, "userName" | "address">): void {
    if (userName === this.#current.userName && address === this.#current.address) return;
    this.#current = { userName, address };
    this.#setting.write(this.#current);
  }
}
