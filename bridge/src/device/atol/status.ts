/** The register's state out of five asking tasks. */
import type { z } from "zod";
import type { DeviceStatus, PaperState } from "../fiscal-device.ts";
import type {
  deviceStatusResult,
  exchangeResult,
  fnInfoResult,
  fnStatusResult,
  shiftStatusResult,
} from "./answers.ts";

/** As FF01h of the other family numbers them: 3 days, 30 days, archive, waiting for the ОФД. */
const WARNINGS: readonly (readonly [name: string, bit: number])[] = [
  ["needReplacement", 0x01],
  ["resourceExhausted", 0x02],
  ["memoryOverflow", 0x04],
  ["ofdTimeout", 0x08],
];
const SHIFT_STATES = { opened: "open", closed: "closed", expired: "expired" } as const;

export function deviceStatus(
  [{ deviceStatus: device }, { shiftStatus }, { fnStatus }, { fnInfo }, { status: ofd }]: readonly [
    z.infer<typeof deviceStatusResult>,
    z.infer<typeof shiftStatusResult>,
    z.infer<typeof fnStatusResult>,
    z.infer<typeof fnInfoResult>,
    z.infer<typeof exchangeResult>,
  ],
  notPrinted: boolean,
): DeviceStatus {
  return {
    fn: fnInfo.serial,
    lastFd: fnStatus.fiscalDocumentNumber,
    shift: {
      state: SHIFT_STATES[shiftStatus.state],
      number: shiftStatus.number,
      receipt: fnStatus.fiscalReceiptNumber,
    },
    paper: device.coverOpened ? "cover-open" : paperState(device.paperPresent, notPrinted),
    documentOpen: false,
    dateTime: device.currentDateTime.slice(0, 19),
    unsent: ofd.notSentCount,
    oldestUnsent:
      ofd.notSentCount === 0
        ? null
        : { fd: ofd.notSentFirstDocNumber, dateTime: ofd.notSentFirstDocDateTime.slice(0, 19) },
    warnings: WARNINGS.reduce(
      (bits, [name, bit]) => (fnStatus.warnings[name] === true ? bits | bit : bits),
      0,
    ),
    documentsLeft: null,
  };
}

function paperState(present: boolean, notPrinted: boolean): PaperState {
  if (notPrinted) return present ? "waiting-continue" : "out-while-printing";
  return present ? "ok" : "out";
}
