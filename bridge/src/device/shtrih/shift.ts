/**
 * Opening and closing the shift: begun first (FF41h, FF42h), so that the cashier's TLVs stand in the
 * document, then FF0Bh or FF43h, whose answer names the document. Models without the FFxx pair get
 * E0h or 41h, and the document is read back.
 */
import type { Cashier } from "../../domain/receipt.ts";
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  type ShiftDocument,
} from "../fiscal-device.ts";
import { beginCloseShift } from "./commands/begin-close-shift.ts";
import { beginOpenShift } from "./commands/begin-open-shift.ts";
import { cancelDocument } from "./commands/cancel-document.ts";
import { closeShiftPrinted } from "./commands/close-shift-printed.ts";
import { closeShift } from "./commands/close-shift.ts";
import type { Command, OperatorAnswer, PasswordOnly } from "./commands/command.ts";
import { type DocumentInArchive, findDocument } from "./commands/find-document.ts";
import { fnStatus } from "./commands/fn-status.ts";
import { openShiftPrinted } from "./commands/open-shift-printed.ts";
import { openShift } from "./commands/open-shift.ts";
import { sendTlv } from "./commands/send-tlv.ts";
import type { ShiftDocumentAnswer } from "./commands/shift-document.ts";
import { ERROR_FN_UNKNOWN_COMMAND, ERROR_UNKNOWN_COMMAND } from "./errors.ts";
import { cashierTlvs } from "./receipt-plan.ts";
import type { ShtrihSession } from "./session.ts";

interface Way {
  readonly begin: Command<PasswordOnly, Record<string, never>>;
  readonly finish: Command<PasswordOnly, ShiftDocumentAnswer>;
  readonly plain: Command<PasswordOnly, OperatorAnswer>;
}

const OPENING: Way = { begin: beginOpenShift, finish: openShift, plain: openShiftPrinted };
const CLOSING: Way = { begin: beginCloseShift, finish: closeShift, plain: closeShiftPrinted };

export function openShiftDocument(
  session: ShtrihSession,
  password: number,
  cashier: Cashier,
): Promise<ShiftDocument> {
  return makeDocument(session, password, cashier, OPENING);
}

export function closeShiftDocument(
  session: ShtrihSession,
  password: number,
  cashier: Cashier,
): Promise<ShiftDocument> {
  return makeDocument(session, password, cashier, CLOSING);
}

async function makeDocument(
  session: ShtrihSession,
  password: number,
  cashier: Cashier,
  way: Way,
): Promise<ShiftDocument> {
  if (!(await beginWithCashier(session, password, cashier, way.begin))) {
    await session.sign(way.plain, { password });
    return readBack(session, password);
  }
  const { shift, fd, fp } = await session.sign(way.finish, { password });
  return { shift, fd, fp };
}

/** false: the device does not know the command. No document can come of what is done here. */
export async function beginWithCashier(
  session: ShtrihSession,
  password: number,
  cashier: Cashier,
  command: Way["begin"],
): Promise<boolean> {
  const tlvs = cashierTlvs(cashier);
  try {
    const begun = await session.runUnless(
      [ERROR_UNKNOWN_COMMAND, ERROR_FN_UNKNOWN_COMMAND],
      command,
      { password },
    );
    if (!begun) return false;
    for (const tlv of tlvs) await session.run(sendTlv, { password, tlv });
    return true;
  } catch (error) {
    if (error instanceof DeviceDoubt) throw new DeviceLinkError(error.message, { cause: error });
    if (error instanceof DeviceRefusal) await session.runUnless(ANY, cancelDocument, { password });
    throw error;
  }
}

/** Cancelling what was begun may be refused for any reason: the first refusal is the one to tell. */
const ANY: readonly number[] = Array.from({ length: 255 }, (_, i) => i + 1);

/** The document exists by now: what can't be read is doubt, whoever is to blame. */
async function readBack(session: ShtrihSession, password: number): Promise<ShiftDocument> {
  const document = await lastDocument(session, password).catch((error: unknown) => {
    throw new DeviceDoubt(`отчёт о смене не прочитан: ${String(error)}`, { cause: error });
  });
  if (!("shift" in document)) {
    throw new DeviceDoubt(`документ ${String(document.fd)} — не отчёт о смене`);
  }
  return { shift: document.shift, fd: document.fd, fp: document.fp };
}

async function lastDocument(session: ShtrihSession, password: number): Promise<DocumentInArchive> {
  const { lastFd } = await session.run(fnStatus, { password });
  return session.run(findDocument, { password, fd: lastFd });
}
