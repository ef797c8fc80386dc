/** All commands that the bridge speaks or reads. */
import type { AnyCommand } from "./command.ts";
import { acceptMark } from "./accept-mark.ts";
import { beginCalculationsReport } from "./begin-calculations-report.ts";
import { beginCloseShift } from "./begin-close-shift.ts";
import { beginOpenShift } from "./begin-open-shift.ts";
import { bindMark } from "./bind-mark.ts";
import { bufferRead } from "./buffer-read.ts";
import { bufferStartWrite } from "./buffer-start-write.ts";
import { bufferStatus } from "./buffer-status.ts";
import { bufferWrite } from "./buffer-write.ts";
import { calculationsReport } from "./calculations-report.ts";
import { cancelDocument } from "./cancel-document.ts";
import { cancelReceipt } from "./cancel-receipt.ts";
import { cashIn } from "./cash-in.ts";
import { cashOut } from "./cash-out.ts";
import { checkMark } from "./check-mark.ts";
import { closeReceipt } from "./close-receipt.ts";
import { closeShiftPrinted } from "./close-shift-printed.ts";
import { closeShift } from "./close-shift.ts";
import { confirmDate } from "./confirm-date.ts";
import { continuePrint } from "./continue-print.ts";
import { deviceType } from "./device-type.ts";
import { extendedQuery } from "./extended-query.ts";
import { findDocument } from "./find-document.ts";
import { fiscalizationParameter } from "./fiscalization-parameter.ts";
import { fnExpiry } from "./fn-expiry.ts";
import { fnNumber } from "./fn-number.ts";
import { fnResource } from "./fn-resource.ts";
import { fnStatus } from "./fn-status.ts";
import { fnVersion } from "./fn-version.ts";
import { fullStatus } from "./full-status.ts";
import { getPort } from "./get-port.ts";
import { ofdExchange } from "./ofd-exchange.ts";
import { ofdTicket } from "./ofd-ticket.ts";
import { openReceipt } from "./open-receipt.ts";
import { openShiftPrinted } from "./open-shift-printed.ts";
import { openShift } from "./open-shift.ts";
import { operation } from "./operation.ts";
import { printXReport } from "./print-x-report.ts";
import { readDocumentBlock } from "./read-document-block.ts";
import { readTable } from "./read-table.ts";
import { repeatDocument } from "./repeat-document.ts";
import { sendBufferedTlv } from "./send-buffered-tlv.ts";
import { sendOperationTlv } from "./send-operation-tlv.ts";
import { sendTlv } from "./send-tlv.ts";
import { setDate } from "./set-date.ts";
import { setPort } from "./set-port.ts";
import { setTime } from "./set-time.ts";
import { shiftParameters } from "./shift-parameters.ts";
import { shortStatus } from "./short-status.ts";
import { startReadingDocument } from "./start-reading-document.ts";
import { subtotal } from "./subtotal.ts";
import { unconfirmedCount } from "./unconfirmed-count.ts";
import { writeTable } from "./write-table.ts";

export const COMMANDS: readonly AnyCommand[] = [
  acceptMark,
  beginCalculationsReport,
  beginCloseShift,
  beginOpenShift,
  bindMark,
  bufferRead,
  bufferStartWrite,
  bufferStatus,
  bufferWrite,
  calculationsReport,
  cancelDocument,
  cancelReceipt,
  cashIn,
  cashOut,
  checkMark,
  closeReceipt,
  closeShift,
  closeShiftPrinted,
  confirmDate,
  continuePrint,
  deviceType,
  extendedQuery,
  findDocument,
  fiscalizationParameter,
  fnExpiry,
  fnNumber,
  fnResource,
  fnStatus,
  fnVersion,
  fullStatus,
  getPort,
  ofdExchange,
  ofdTicket,
  openReceipt,
  openShift,
  openShiftPrinted,
  operation,
  printXReport,
  readDocumentBlock,
  readTable,
  repeatDocument,
  sendBufferedTlv,
  sendOperationTlv,
  sendTlv,
  setDate,
  setPort,
  setTime,
  shiftParameters,
  shortStatus,
  startReadingDocument,
  subtotal,
  unconfirmedCount,
  writeTable,
];

const BY_CODE = new Map(COMMANDS.map((command) => [command.code, command]));

/** By its code, 8Dh or FF45h. */
export function commandByCode(code: number): AnyCommand | null {
  return BY_CODE.get(code) ?? null;
}
