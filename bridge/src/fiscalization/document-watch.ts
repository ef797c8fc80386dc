/**
 * Documents that came into the ФН without this bridge: a Z pressed on the device, another program.
 * Shift documents among them get their entry; the others are looked at once.
 */
import type { DeviceStatus, FiscalDevice } from "../device/fiscal-device.ts";
import type { Journal } from "../journal/types.ts";
import { DOCUMENT_TYPES, type OperationLog } from "./operation-log.ts";

/** More than this since the last look is somebody else's archive, not a busy hour. */
const MAX_DOCUMENTS = 500;

export class DocumentWatch {
  readonly #journal: Journal;
  readonly #operations: OperationLog;
  /** Everything up to here has been looked at. */
  #seen: { readonly fn: string; readonly fd: number } | null = null;

  constructor(journal: Journal, operations: OperationLog) {
    this.#journal = journal;
    this.#operations = operations;
  }

  /** Call with a fresh status, after open operations are settled. */
  async look(device: FiscalDevice, status: DeviceStatus): Promise<void> {
    const { fn, lastFd } = status;
    const from = this.#from(status);
    let strangers = 0;
    for (let fd = Math.max(from, lastFd - MAX_DOCUMENTS) + 1; fd <= lastFd; fd += 1) {
      if (this.#journal.byFd(fn, fd)) continue;
      strangers += 1;
      const found = await device.findDocument(fd);
      if (found === null) continue;
      if (found.documentType === DOCUMENT_TYPES.shift_open) {
        this.#operations.seenAtDevice("shift_open", found, status);
      } else if (found.documentType === DOCUMENT_TYPES.shift_close) {
        this.#operations.seenAtDevice("shift_close", found, status);
      }
    }
    if (strangers > 0) this.#journal.setSetting(settingOf(fn), String(lastFd));
    this.#seen = { fn, fd: lastFd };
  }

  /** Receipts of our own since then are known by number and cost no question. */
  #from({ fn, lastFd }: DeviceStatus): number {
    if (this.#seen?.fn === fn) return this.#seen.fd;
    const saved = this.#journal.getSetting(settingOf(fn));
    if (saved !== null) return Math.min(Number(saved), lastFd);
    // the first contact with this ФН: what it holds is not this bridge's
    const known = this.#journal.lastFd(fn);
    const from = known === 0 ? lastFd : Math.min(known, lastFd);
    this.#journal.setSetting(settingOf(fn), String(from));
    return from;
  }
}

function settingOf(fn: string): string {
  return `lane.seen:${fn}`;
}
