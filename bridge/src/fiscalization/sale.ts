/** The steps of one receipt on the device, from its status to the fiscal data. */
import { randomUUID } from "node:crypto";
import {
  DeviceRefusal,
  type ClosedReceipt,
  type DeviceInfo,
  type DeviceStatus,
} from "../device/fiscal-device.ts";
import { formatKey } from "../domain/receipt-key.ts";
import type { Effect } from "../domain/receipt-machine.ts";
import type { FiscalData, ReceiptKey } from "../domain/receipt.ts";
import type { Reason, StoredReceipt } from "../journal/types.ts";
import { closingFacts, receiptFacts } from "./fiscal-facts.ts";
import {
  isLinkTrouble,
  LINK_TRIES,
  takeDevice,
  whenPrinted,
  type LaneTools,
} from "./lane-tools.ts";
import { paperReason, REASONS, refusalReason } from "./reasons.ts";
import { openShiftOnce } from "./shift-operations.ts";

/**
 * `ended`: the receipt is fiscalized, rejected or was cancelled by its screen. `doubt`: it is
 * closing or unknown and the ФН must be read. A link error thrown out of `sell` means that nothing
 * fiscal happened and the receipt is still accepted.
 */
export type SaleOutcome = "ended" | "doubt";

/** Counts what broke while the device already had part of the receipt. */
export interface SaleTries {
  broken: number;
}

export async function sell(
  tools: LaneTools,
  key: ReceiptKey,
  tries: SaleTries,
): Promise<SaleOutcome> {
  const { link, book, crash } = tools;
  const { device } = link;
  const info = await link.connect();
  let status = await takeDevice(tools);

  const row = book.row(key);
  if (row.state !== "accepted") return "ended";
  const obstacle = findObstacle(tools, row, info, status);
  if (obstacle) return refuse(tools, key, obstacle);
  if (status.shift.state === "closed") {
    const opened = await openShift(tools, key, status, row);
    if (opened === "refused") return "ended";
    status = await link.readStatus();
  }
  // only an open shift keeps the ККТ's clock as it is: opening one puts it right
  if (tools.deviceClock.isTooFar()) return refuse(tools, key, REASONS.clockDevice);

  const begun = await begin(tools, key, row, tries);
  if (begun === "refused") return "ended";
  crash("after-begin-receipt");

  const position = await device.position();
  if (!book.isAccepted(key)) {
    // withdrawn meanwhile; an open document that stays is cancelled by the next status
    await device.cancelReceipt();
    return "ended";
  }
  if (position.lastFd !== status.lastFd) {
    // a document of somebody else's came since the status: numbers in the shift have moved
    status = await link.readStatus();
  }
  crash("before-closing-commit");
  book.beginClosing(key, {
    fn: position.fn,
    shift: position.shift,
    expectedFd: position.lastFd + 1,
    expectedReceipt: status.shift.receipt + 1,
    deviceTime: status.dateTime,
    contentHash: row.contentHash,
  });
  crash("after-closing-commit");
  return close(tools, key);
}

/** What makes the sale impossible before anything is sent; null if nothing. */
function findObstacle(
  { shifts, ...tools }: LaneTools,
  { receipt }: StoredReceipt,
  info: DeviceInfo,
  status: DeviceStatus,
): Reason | null {
  const expectedInn = tools.expectedInn();
  if (expectedInn !== null && info.inn !== expectedInn) return REASONS.otherInn;
  if (receipt.taxSystem !== null && (info.taxSystems & receipt.taxSystem) === 0) {
    return REASONS.taxSystem;
  }
  const noPaper = paperReason(status.paper);
  if (noPaper) return noPaper;
  if (status.shift.state === "expired") return REASONS.shiftExpired;
  return shifts.isDue(status) ? REASONS.shiftDue : null;
}

async function openShift(
  tools: LaneTools,
  key: ReceiptKey,
  status: DeviceStatus,
  { receipt }: StoredReceipt,
): Promise<"opened" | "refused"> {
  try {
    await openShiftOnce(tools, `auto:${randomUUID()}`, receipt.cashier, "receipt", status);
    return "opened";
  } catch (error) {
    if (!(error instanceof DeviceRefusal)) throw error;
    await refuse(tools, key, refusalReason(error));
    return "refused";
  }
}

async function begin(
  tools: LaneTools,
  key: ReceiptKey,
  { receipt }: StoredReceipt,
  tries: SaleTries,
): Promise<"begun" | "refused"> {
  const { device } = tools.link;
  try {
    await whenPrinted(
      tools,
      () => device.beginReceipt(receipt),
      () => device.cancelReceipt(),
    );
    return "begun";
  } catch (error) {
    if (error instanceof DeviceRefusal) {
      await refuse(tools, key, refusalReason(error));
      return "refused";
    }
    tries.broken += 1;
    if (tries.broken < LINK_TRIES) throw error;
    await refuse(tools, key, REASONS.unstable);
    return "refused";
  }
}

async function close(tools: LaneTools, key: ReceiptKey): Promise<SaleOutcome> {
  const { link, book, crash } = tools;
  const row = book.row(key);
  let closed: ClosedReceipt;
  try {
    closed = await whenPrinted(tools, () => link.device.closeReceipt(row.receipt, formatKey(key)));
  } catch (error) {
    if (error instanceof DeviceRefusal && (await nothingSigned(tools, row))) {
      return refuse(tools, key, refusalReason(error));
    }
    return doubt(tools, key, error);
  }
  crash("after-close-answer");
  const { intent, info } = closingFacts(row, link.info);
  const facts = { ...receiptFacts(row, intent, info), fd: closed.fd, fp: closed.fp };
  const told = await missing(tools, intent.expectedFd, closed);
  if (told === null) return doubt(tools, key, new Error(`FD ${closed.fd} can't be read`));
  crash("before-fiscalized-commit");
  const { changeKopecks } = closed;
  book.fiscalize(key, "close-answered", { ...facts, ...told, changeKopecks });
  crash("after-fiscalized-commit");
  return "ended";
}

type Told = Pick<FiscalData, "dateTime"> & Partial<Pick<FiscalData, "shift" | "receipt">>;

/** What the answer lacks, or can't be taken from the intent because another document came between. */
async function missing(
  { link, log }: LaneTools,
  expectedFd: number,
  closed: ClosedReceipt,
): Promise<Told | null> {
  const { fd, dateTime } = closed;
  if (dateTime !== null && fd === expectedFd) return { dateTime };
  if (fd !== expectedFd) {
    log("warn", "another document came between position and close", { expectedFd, fd });
  }
  try {
    const found = await link.device.findDocument(fd);
    if (found === null) return null;
    const { shift, receipt } = found;
    return {
      dateTime: found.dateTime,
      ...(shift === null ? {} : { shift }),
      ...(receipt === null ? {} : { receipt }),
    };
  } catch (error) {
    log("warn", "a document that exists is not readable", { fd, error: String(error) });
    return null;
  }
}

/**
 * A refusal alone is the device's word, and some tell of the printer after the ФН has signed: a
 * receipt is rejected only when the ФН's last document is still the one before it.
 */
async function nothingSigned(
  { link, log }: LaneTools,
  { closing }: StoredReceipt,
): Promise<boolean> {
  try {
    const { fn, lastFd } = await link.device.position();
    return closing !== null && fn === closing.fn && lastFd < closing.expectedFd;
  } catch (error) {
    log("warn", "the ФН could not be asked after a refusal", { error: String(error) });
    return false;
  }
}

/** Ends the receipt with a reason and leaves no open document; also after a withdrawal. */
export async function refuse(tools: LaneTools, key: ReceiptKey, reason: Reason): Promise<"ended"> {
  const { book, link, log } = tools;
  const { state } = book.row(key);
  const effects: readonly Effect[] =
    state === "accepted" || state === "closing"
      ? book.end(key, "refused", reason).effects
      : ["cancel-open-document"];
  if (effects.includes("cancel-open-document")) {
    try {
      await link.device.cancelReceipt();
    } catch (error) {
      // whatever stays open is cancelled by the next status
      log("warn", "open document not cancelled", { error: String(error) });
      if (isLinkTrouble(error)) await link.lost(error);
    }
  }
  return "ended";
}

function doubt({ book, log }: LaneTools, key: ReceiptKey, error: unknown): "doubt" {
  log("warn", "answer to the closing command lost", { error: String(error) });
  book.end(key, "answer-lost", REASONS.answerLost);
  return "doubt";
}
