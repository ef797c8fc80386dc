/** A journal restored from a snapshot reads from the ФН what it lost, before anything is sold. */
import type { ArchivedDocument, DeviceInfo, DeviceStatus } from "../device/fiscal-device.ts";
import { isoUtc } from "../domain/clock.ts";
import type { Hlc } from "../domain/hlc.ts";
import { receiptOfDocument } from "../domain/receipt-of-document.ts";
import { RESTORED_SETTING, restoredMark } from "../journal/setting-names.ts";
import type { Journal } from "../journal/types.ts";
import type { LaneTools } from "./lane-tools.ts";

export interface CatchUpOptions {
  readonly journal: Journal;
  readonly tools: LaneTools;
  readonly till: string;
  /** The next stamp of the hybrid clock. */
  readonly stamp: () => Hlc;
}

/** The caller has the device, nothing of ours is in doubt, and shift documents are entered. */
export async function catchUp(
  { journal, tools, till, stamp }: CatchUpOptions,
  status: DeviceStatus,
): Promise<void> {
  const mark = restoredMark(journal);
  if (mark === null) return;
  const { link, time, log } = tools;
  const info = await link.connect();
  const from = mark.last[status.fn] ?? 0;
  let adopted = 0;
  for (let fd = from + 1; fd <= status.lastFd; fd += 1) {
    if (journal.byFd(status.fn, fd)) continue;
    const document = await link.device.readDocument(fd);
    if (document === null) await tellUnread(tools, journal, status.fn, fd);
    else if (isReceipt(document)) {
      adopt(document, info);
      adopted += 1;
    }
  }
  journal.appendEvent(
    "journal.caught_up",
    null,
    { fn: status.fn, from, to: status.lastFd, adopted },
    isoUtc(time),
  );
  journal.setSetting(RESTORED_SETTING, "");
  log("warn", "a restored journal has caught up", { from, to: status.lastFd, adopted });

  function adopt(document: ArchivedDocument, passport: DeviceInfo): void {
    const { fn } = status;
    const { fd, fp, dateTime, sumKopecks, operation, marker } = document;
    const facts = { fn, fd, fp, dateTime, sumKopecks, operation, marker };
    const receipt = marker === null ? null : receiptOfDocument(document, till);
    if (receipt === null) {
      note(journal, tools, facts);
      return;
    }
    const fiscal = {
      ...{ fn, fd, fp, dateTime, changeKopecks: 0, rnm: passport.rnm, inn: passport.inn },
      shift: document.shift ?? status.shift.number,
      receipt: document.receipt ?? 0,
      operation: operation ?? 1,
      sumKopecks: sumKopecks ?? 0,
    };
    journal.adopt({ receipt, fiscal, hlc: stamp(), at: isoUtc(time), evidence: { from: "ФН" } });
    note(journal, tools, { ...facts, adopted: true });
  }
}

/** Its whole is gone; the archive's short data are put on record. */
async function tellUnread(
  tools: LaneTools,
  journal: Journal,
  fn: string,
  fd: number,
): Promise<void> {
  const found = await tools.link.device.findDocument(fd);
  if (!found || !isReceipt(found)) return;
  const { fp, dateTime, sumKopecks, operation } = found;
  note(journal, tools, { fn, fd, fp, dateTime, sumKopecks, operation, marker: null });
}

function note(
  journal: Journal,
  { time }: LaneTools,
  data: Readonly<Record<string, unknown>>,
): void {
  journal.appendEvent("incident.document_unknown_to_journal", null, data, isoUtc(time));
}

/** Receipts, БСО and their corrections. */
function isReceipt({ documentType }: { readonly documentType: number }): boolean {
  return documentType === 3 || documentType === 31;
}
