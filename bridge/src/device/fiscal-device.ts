/**
 * The door to a fiscal register. One implementation per family (`shtrih/`, later `atol/`), each
 * checked by the same contract suite. A driver never retries a fiscal command by itself and never
 * decides whether a receipt happened: it reports what it knows, the lane decides.
 */
import type { Cashier, FiscalData, Receipt } from "../domain/receipt.ts";

/**
 * Paper as the submode of the device tells it (fiscal.md §1.5); `cover-open`: there is none for the
 * head because somebody has opened the cover.
 */
export type PaperState = "ok" | "out" | "out-while-printing" | "waiting-continue" | "cover-open";

/** Nothing can be printed, so nothing is begun. */
export const isPaperMissing = (paper: PaperState): boolean =>
  paper === "out" || paper === "out-while-printing" || paper === "cover-open";

export interface DeviceStatus {
  /** ФН serial, 16 digits. */
  readonly fn: string;
  readonly lastFd: number;
  readonly shift: {
    readonly state: "open" | "closed" | "expired";
    /** Number of the current, or else of the last shift. */
    readonly number: number;
    /** Last receipt number in the shift. */
    readonly receipt: number;
  };
  readonly paper: PaperState;
  /** A receipt is open on the device, not yet closed. */
  readonly documentOpen: boolean;
  /** ККТ wall time without zone, `YYYY-MM-DDTHH:MM:SS`. */
  readonly dateTime: string;
  /** Documents the ОФД has not confirmed (FF39). */
  readonly unsent: number;
  /** Oldest unsent document: its FD and wall time; null if none. */
  readonly oldestUnsent: { readonly fd: number; readonly dateTime: string } | null;
  /** FF01 warning bits, see fiscal.md §1.4. */
  readonly warnings: number;
  /** Documents that the ФН can still take (FF63); null where the device does not tell. */
  readonly documentsLeft: number | null;
}

/** How the driver talks to the device, as negotiated at `connect`. */
export type DeviceProtocol = "shtrih-v1" | "shtrih-v2" | "atol-1" | "atol-2";

/** What does not change while the device stays connected. */
export interface DeviceInfo {
  readonly fn: string;
  readonly rnm: string;
  readonly inn: string;
  /** Name of the user and address of settlements as registered (1048, 1009), for the copy. */
  readonly userName: string;
  readonly address: string;
  readonly model: string;
  readonly serial: string;
  /** Bits of tag 1055 allowed by the registration. */
  readonly taxSystems: number;
  /** ФН is valid until, `YYYY-MM-DD`. */
  readonly fnExpires: string;
  /** ОФД address from table 19; null where the device has none. */
  readonly ofd: { readonly host: string; readonly port: number; readonly timeoutMs: number } | null;
  /**
   * Who carries the ФН's messages to the ОФД (table 21 field 2; ATOL `ofdChannel`). `device`: the
   * bridge only watches `unsent`, and a forced sync asks the device again.
   */
  readonly ofdBy: "bridge" | "device";
  readonly protocol: DeviceProtocol;
}

/** One item of a document as the ФН has it (tag 1059). */
export interface ArchivedItem {
  readonly name: string;
  readonly quantityMillionths: number;
  readonly priceKopecks: number;
  readonly sumKopecks: number;
  /** Tag 1199. */
  readonly vat: number;
  /** Tag 1200, kopecks; null where the document does not tell. */
  readonly vatKopecks: number | null;
}

/** A document read back whole (FF3A/FF3B; ATOL `getFnDocument`), while its TLV is readable. */
export interface ArchivedDocument {
  /** Container docType: 2 shift open, 3 receipt, 5 shift close, 21 state report, 31 correction … */
  readonly documentType: number;
  readonly fd: number;
  readonly fp: number;
  /** Wall time `YYYY-MM-DDTHH:MM`. */
  readonly dateTime: string;
  readonly shift: number | null;
  readonly receipt: number | null;
  /** Tag 1054. */
  readonly operation: number | null;
  /** Tag 1020. */
  readonly sumKopecks: number | null;
  /** Tags 1031, 1081, 1215, 1216, 1217; kopecks. */
  readonly payments: Readonly<
    Record<"cash" | "electronic" | "prepaid" | "credit" | "other", number>
  >;
  /** Kopecks of VAT (1102, 1103, 1106, 1107, 1115) or of turnover (1104, 1105) by code of tag 1199. */
  readonly vat: Readonly<Partial<Record<number, number>>>;
  readonly items: readonly ArchivedItem[];
  /** Value of tag 1086 in 1084. */
  readonly marker: string | null;
  /** The whole TLV as the ФН gave it, base64. */
  readonly raw: string;
}

/** A document as the ФН's archive has it (FF0A), plus the marker while the TLV is readable. */
export interface FoundDocument {
  /** 1 registration, 2 shift open, 3 receipt, 5 shift close … (container docType). */
  readonly documentType: number;
  readonly ticketReceived: boolean;
  /** Wall time `YYYY-MM-DDTHH:MM`. */
  readonly dateTime: string;
  readonly fd: number;
  readonly fp: number;
  /** Receipts and corrections only. */
  readonly operation: number | null;
  readonly sumKopecks: number | null;
  /** From the TLV while it is readable (30 days), else null. */
  readonly shift: number | null;
  readonly receipt: number | null;
  /** Value of tag 1086 in 1084, the order's uuid; null if unreadable or absent. */
  readonly marker: string | null;
  readonly tlvReadable: boolean;
}

export interface ClosedReceipt {
  readonly fd: number;
  readonly fp: number;
  readonly changeKopecks: number;
  /** Wall time `YYYY-MM-DDTHH:MM`, where the answer carries it. */
  readonly dateTime: string | null;
}

export interface ShiftDocument {
  readonly shift: number;
  readonly fd: number;
  readonly fp: number;
}

export interface CalculationsReport {
  readonly fd: number;
  readonly fp: number;
  /** Documents the ОФД has not confirmed. */
  readonly unconfirmed: number;
  /** Date of the first of them, `YYYY-MM-DD`; null if none. */
  readonly firstUnconfirmed: string | null;
}

export interface FiscalDevice {
  /**
   * Opens the transport if needed, reads the passport and checks the VAT table (table 6) against
   * ours. Called again after a loss. @throws DeviceLinkError, DeviceSetupError
   */
  connect(signal?: AbortSignal): Promise<DeviceInfo>;
  /** Closes the transport; a later `connect` opens it again. */
  disconnect(): Promise<void>;
  status(): Promise<DeviceStatus>;
  openShift(cashier: Cashier): Promise<ShiftDocument>;
  /** Z report. */
  closeShift(cashier: Cashier): Promise<ShiftDocument>;
  /** X report, no fiscal document. */
  printX(): Promise<void>;
  /**
   * Opens the receipt and sends everything but the closing command: TLVs (1008, 1021/1203, 1227,
   * 1228, marker 1084{1085 "ORDER", 1086 uuid}), items with their TLVs. No fiscal document can
   * come of it. A correction carries 1173, 1174{1178, 1179} and 1192 besides.
   * @throws DeviceRefusal, DeviceLinkError
   */
  beginReceipt(receipt: Receipt): Promise<void>;
  /** ФН serial, last FD, shift — read directly before closing. */
  position(): Promise<{ readonly fn: string; readonly lastFd: number; readonly shift: number }>;
  /**
   * The closing command (FF45). On a lost answer, a corrupt frame or a time-out throws
   * DeviceDoubt: the document may or may not exist. DeviceRefusal is thrown only where the device
   * itself answered an error to this very command.
   * @param operationId `uuid:attempt`; the idempotency key where the device has one (ATOL)
   */
  closeReceipt(receipt: Receipt, operationId: string): Promise<ClosedReceipt>;
  /**
   * The answer of an earlier command that the device still holds (V1: ENQ → ACK), if it is one to
   * the closing command; null if there is none. ATOL: the state of the task `operationId`.
   */
  takePendingClose(operationId: string): Promise<ClosedReceipt | null>;
  /** Cancels an open receipt (88h, then FF08 if the ФН still has a document open). Idempotent. */
  cancelReceipt(): Promise<void>;
  /** null: the ФН has no such document (08h). */
  findDocument(fd: number): Promise<FoundDocument | null>;
  /** The document whole; null: no such document, or its TLV is no longer readable. */
  readDocument(fd: number): Promise<ArchivedDocument | null>;
  /** B0h, after paper out. */
  continuePrint(): Promise<void>;
  /** Copy of the last document (8Ch). */
  printCopy(): Promise<void>;
  /** Cash brought in or taken out (50h, 51h); a slip, no fiscal document. */
  moveCash(direction: "in" | "out", kopecks: number, cashier: Cashier): Promise<void>;
  /** Отчёт о состоянии расчётов (FF37, FF38): a fiscal document of its own. */
  reportCalculations(cashier: Cashier): Promise<CalculationsReport>;
  /**
   * Sets the ККТ's clock (21h, 22h, 23h): between shifts only, the device refuses it otherwise.
   * @param wall `YYYY-MM-DDTHH:MM:SS`
   */
  setClock(wall: string): Promise<void>;
  /** Next ready session message for the ОФД (FF30/FF31), null if none. */
  readOfdMessage(): Promise<Uint8Array | null>;
  /** The ОФД's answer (FF32/FF33). @throws DeviceRefusal code 20h if the ФН rejects it */
  writeOfdAnswer(message: Uint8Array): Promise<void>;
}

/** Builds nothing fiscal: what `closeReceipt` and `findDocument` know, in one record. */
export type FiscalFacts = Pick<FiscalData, "fn" | "fd" | "fp" | "shift" | "receipt" | "dateTime">;

/** No link, or it was lost before the command in question was sent: nothing happened. */
export class DeviceLinkError extends Error {
  override readonly name = "DeviceLinkError";
  /**
   * What is wrong with the line and what to do about it, one Russian sentence for the person at the
   * till: no such port, no rights, port in use. null where only the silence is known.
   */
  readonly advice: string | null;
  constructor(message: string, options: ErrorOptions & { readonly advice?: string | null } = {}) {
    super(message, options);
    this.advice = options.advice ?? null;
  }
}

/** The command was sent and no trustworthy answer came: it may have been executed. */
export class DeviceDoubt extends Error {
  override readonly name = "DeviceDoubt";
}

/** The device answered an error code: the command was not executed. */
export class DeviceRefusal extends Error {
  override readonly name = "DeviceRefusal";
  /** Error byte of the protocol (fiscal.md §1.5). */
  readonly deviceCode: number;
  /** Command, e.g. "FF45". */
  readonly command: string;
  constructor(command: string, deviceCode: number, message: string) {
    super(message);
    this.command = command;
    this.deviceCode = deviceCode;
  }
}

/** The device is reachable but must not be used: wrong VAT table, wrong tax mode, other ИНН. */
export class DeviceSetupError extends Error {
  override readonly name = "DeviceSetupError";
}
