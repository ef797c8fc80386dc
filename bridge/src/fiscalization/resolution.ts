/** A manager ends a receipt that the ФН can't decide: with the document found, or without one. */
import { changeKopecks, totalKopecks } from "../domain/parse-receipt.ts";
import { RECEIPT_KINDS } from "../domain/receipt-kind.ts";
import type { FiscalData, ReceiptKey } from "../domain/receipt.ts";
import type { StoredReceipt } from "../journal/types.ts";
import { closingFacts, receiptFacts } from "./fiscal-facts.ts";
import { isLinkTrouble, type LaneTools } from "./lane-tools.ts";
import { REASONS } from "./reasons.ts";
import { LaneRefusal, type Resolution } from "./types.ts";

export class Decision {
  readonly #resolution: Resolution;
  readonly #resolve: (row: StoredReceipt) => void;
  readonly #reject: (error: unknown) => void;
  readonly done: Promise<StoredReceipt>;

  constructor(resolution: Resolution) {
    this.#resolution = resolution;
    let resolve: (row: StoredReceipt) => void = () => undefined;
    let reject: (error: unknown) => void = () => undefined;
    this.done = new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    });
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** The process goes before it could be carried out. */
  abandon(): void {
    this.#reject(new LaneRefusal(REASONS.shuttingDown));
  }

  /** The caller has the device. Never throws: who decided is told. */
  async carryOut(tools: LaneTools, key: ReceiptKey): Promise<void> {
    try {
      const { outcome, by, reason } = this.#resolution;
      if (outcome === "fiscalized") await this.#fiscalize(tools, key);
      else {
        const text = `Решено вручную: чека нет. ${reason}`;
        tools.book.end(key, "resolved-not-done", { code: "resolved", text });
        tools.book.note("receipt.resolved", key, { outcome, by, reason });
      }
      this.#resolve(tools.book.row(key));
    } catch (error) {
      this.#reject(error);
    }
  }

  async #fiscalize(tools: LaneTools, key: ReceiptKey): Promise<void> {
    const { fd, attested, by, reason } = this.#resolution;
    if (fd === undefined) throw new LaneRefusal(REASONS.attestationNeeded);
    const { book } = tools;
    const row = book.row(key);
    const read = await readAgain(tools, row, fd);
    if (read === null && !attested) throw new LaneRefusal(REASONS.attestationNeeded);
    const { intent, info } = closingFacts(row, tools.link.info);
    const facts = receiptFacts(row, intent, info);
    const fiscal: FiscalData = {
      ...facts,
      fd,
      changeKopecks: changeKopecks(row.receipt),
      ...(read ?? { fp: attested!.fp, dateTime: attested!.dateTime }),
    };
    const how = { by, reason, attested: read === null };
    book.fiscalize(key, "resolved-done", fiscal, how);
    book.note("receipt.resolved", key, { outcome: "fiscalized", fn: fiscal.fn, fd, ...how });
  }
}

type Read = Pick<FiscalData, "fp" | "dateTime" | "shift" | "receipt">;

/**
 * The document off the ФН that the receipt was closed on; null where that ФН can't be asked.
 * @throws LaneRefusal where it can be and has no such receipt
 */
async function readAgain(
  { link, log, book }: LaneTools,
  row: StoredReceipt,
  fd: number,
): Promise<Read | null> {
  const { intent, info } = closingFacts(row, link.info);
  const facts = receiptFacts(row, intent, info);
  try {
    await link.connect();
    const { fn } = await link.readStatus();
    if (fn !== intent.fn) return null;
    const found = await link.device.findDocument(fd);
    if (found === null || fd < intent.expectedFd) throw new LaneRefusal(REASONS.documentUnknown);
    const kind = RECEIPT_KINDS[row.receipt.type];
    const same =
      found.documentType === kind.documentType &&
      found.operation === kind.operation &&
      found.sumKopecks === totalKopecks(row.receipt);
    if (!same || book.isTaken(fn, fd)) throw new LaneRefusal(REASONS.documentDiffers);
    const { fp, dateTime } = found;
    return {
      fp,
      dateTime,
      shift: found.shift ?? facts.shift,
      receipt: found.receipt ?? facts.receipt,
    };
  } catch (error) {
    if (error instanceof LaneRefusal) throw error;
    log("warn", "the ФН can't be read for a decision", { error: String(error) });
    if (isLinkTrouble(error)) await link.lost(error);
    return null;
  }
}
