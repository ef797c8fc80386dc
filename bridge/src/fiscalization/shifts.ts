/** Opening and closing the shift: operations of their own, each with its entry in the event log. */
import { DeviceDoubt, type DeviceStatus, type ShiftDocument } from "../device/fiscal-device.ts";
import type { Cashier } from "../domain/receipt.ts";
import type { DeviceLink } from "./device-link.ts";
import type { ReceiptBook } from "./receipt-book.ts";

/** Container docType of the shift documents (fiscal.md §3.2). */
const DOCUMENT_TYPES = { opened: 2, closed: 5 } as const;

interface ShiftDoubt {
  readonly what: "opened" | "closed";
  readonly lastFd: number;
  readonly cashier: Cashier;
  readonly cause: ShiftCause;
}

/** Who wanted it: a person, or a receipt that found the shift closed. */
export type ShiftCause = "operator" | "receipt";

export class Shifts {
  readonly #link: DeviceLink;
  readonly #book: ReceiptBook;
  #doubt: ShiftDoubt | null = null;

  constructor(link: DeviceLink, book: ReceiptBook) {
    this.#link = link;
    this.#book = book;
  }

  /** @throws what the driver throws; after DeviceDoubt `settle` finds out */
  open(status: DeviceStatus, cashier: Cashier, cause: ShiftCause): Promise<ShiftDocument> {
    return this.#run("opened", status, cashier, cause);
  }

  /** Z report. */
  close(status: DeviceStatus, cashier: Cashier): Promise<ShiftDocument> {
    return this.#run("closed", status, cashier, "operator");
  }

  /**
   * After a lost answer: the ФН's own document decides. Call with each status read while the lane
   * has the device. null: nothing was in doubt, or the shift document does not exist.
   */
  async settle(status: DeviceStatus): Promise<ShiftDocument | null> {
    const doubt = this.#doubt;
    if (!doubt) return null;
    for (let fd = doubt.lastFd + 1; fd <= status.lastFd; fd += 1) {
      const found = await this.#link.device.findDocument(fd);
      if (found?.documentType !== DOCUMENT_TYPES[doubt.what]) continue;
      const document = { shift: found.shift ?? status.shift.number, fd, fp: found.fp };
      this.#record(doubt, document);
      this.#doubt = null;
      return document;
    }
    this.#doubt = null;
    return null;
  }

  async #run(
    what: ShiftDoubt["what"],
    status: DeviceStatus,
    cashier: Cashier,
    cause: ShiftCause,
  ): Promise<ShiftDocument> {
    const intent = { what, lastFd: status.lastFd, cashier, cause };
    try {
      const document = await (what === "opened"
        ? this.#link.device.openShift(cashier)
        : this.#link.device.closeShift(cashier));
      this.#record(intent, document);
      return document;
    } catch (error) {
      if (error instanceof DeviceDoubt) this.#doubt = intent;
      throw error;
    }
  }

  #record({ what, cashier, cause }: ShiftDoubt, document: ShiftDocument): void {
    this.#book.note(`shift.${what}`, null, { ...document, cashier: cashier.name, cause });
  }
}
