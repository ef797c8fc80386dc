/**
 * A fiscal register in memory that obeys the contract of `FiscalDevice`, with faults declared by
 * the test. What the ФН holds outlives connections and bridges: keep the object for a "restart".
 */
import type { Clock } from "../../domain/clock.ts";
import { changeKopecks } from "../../domain/parse-receipt.ts";
import { RECEIPT_KINDS } from "../../domain/receipt-kind.ts";
import type { Cashier, Receipt } from "../../domain/receipt.ts";
import {
  DeviceDoubt,
  DeviceLinkError,
  DeviceRefusal,
  type ArchivedDocument,
  type CalculationsReport,
  type ClosedReceipt,
  type DeviceInfo,
  type DeviceProtocol,
  type DeviceStatus,
  type FiscalDevice,
  type FoundDocument,
  type PaperState,
  type ShiftDocument,
} from "../fiscal-device.ts";
import { archivedContent, type ArchivedContent, NO_CONTENT } from "./archive-of.ts";
import {
  type DeviceCall,
  type Fault,
  type FaultKind,
  FaultScript,
  isAfter,
} from "./fault-script.ts";

export type { DeviceCall, FaultKind } from "./fault-script.ts";

/** What goes with a ФН when it is taken out. */
interface Drive {
  readonly documents: FoundDocument[];
  readonly lastFd: number;
  readonly shift: DeviceStatus["shift"];
}

const COMMANDS: Partial<Record<DeviceCall, string>> = {
  closeReceipt: "FF45",
  openShift: "E0",
  reportCalculations: "FF38",
  setClock: "21",
};

/** Between two clocks of a day; wall times are read as UTC only to subtract. */
const MOSCOW_MS = 3 * 3_600_000;

export class ScriptedDevice implements FiscalDevice {
  fn = "9999078900000961";
  inn = "7707083893";
  taxSystems = 1;
  ofd: DeviceInfo["ofd"] = null;
  ofdBy: DeviceInfo["ofdBy"] = "bridge";
  protocol: DeviceProtocol = "shtrih-v1";
  fnExpires = "2028-01-01";
  documentsLeft: number | null = 250_000;
  /** FF01 warning bits. */
  warnings = 0;
  /** The ККТ's clock against the test's, ms; `setClock` changes it. */
  clockDriftMs = 0;
  /** Kopecks that the next receipt's VAT is off by in what the ФН keeps; counts once. */
  vatMiscountKopecks = 0;
  /** Kopecks in the drawer. */
  drawer = 0;
  paper: PaperState = "ok";
  shift: DeviceStatus["shift"] = { state: "open", number: 12, receipt: 4 };
  /** While true nothing answers. */
  down = false;
  /** V1 devices hold the last answer until the next command. */
  keepsAnswer = false;
  /** Documents from here on tell their archive data only. */
  tlvReadable = true;
  /** Of the ФН that is in the device. */
  documents: FoundDocument[] = [];
  readonly calls: DeviceCall[] = [];
  /** Receipts printed, in order; what a customer could carry home. */
  readonly printed: number[] = [];
  printing: "idle" | "interrupted" = "idle";
  /** By operation id: what `closeReceipt` was told. */
  readonly operationIds: string[] = [];
  /** Copies, slips and X reports printed. */
  readonly slips: string[] = [];
  /** Documents of every ФН that was here, the present one last, by serial. */
  readonly archives = new Map<string, readonly FoundDocument[]>();
  readonly #contents = new Map<number, ArchivedContent>();
  #lastFd = 100;
  #open: Receipt | null = null;
  #connected = false;
  #pending: { readonly closed: ClosedReceipt; readonly operationId: string } | null = null;
  readonly #script = new FaultScript();
  /** ФНs that lie in the drawer. */
  readonly #drawer = new Map<string, Drive>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // what the test declares and sees

  fault(call: DeviceCall, kind: FaultKind, meanwhile?: () => void): this {
    this.#script.add({ call, kind, ...(meanwhile ? { meanwhile } : {}) });
    return this;
  }

  /** The next such call waits; `reached` resolves when it has come. */
  hold(call: DeviceCall): { readonly reached: Promise<void>; readonly release: () => void } {
    return this.#script.hold(call);
  }

  get lastFd(): number {
    return this.#lastFd;
  }
  get documentOpen(): boolean {
    return this.#open !== null;
  }
  get unusedFaults(): number {
    return this.#script.unused;
  }

  receiptsOf(uuid: string): FoundDocument[] {
    return this.documents.filter(({ marker }) => marker === uuid);
  }

  /** Another program, or a person at the device. */
  foreignReceipt(sumKopecks: number, operation = 1): void {
    this.#sign(3, { operation, sumKopecks, receipt: this.#nextReceipt() });
  }

  /** Any other document of somebody else: 2 shift open, 21 state report, 31 correction … */
  foreignDocument(documentType: number, facts: Partial<FoundDocument> = {}): void {
    this.#sign(documentType, facts);
  }

  pressZ(): void {
    this.#sign(5, {});
    this.shift = { ...this.shift, state: "closed" };
  }

  /** Another ФН in the same register: numbered from 1, no shift yet, the old documents unreadable. */
  replaceFn(serial: string): void {
    this.archives.set(this.fn, [...this.documents]);
    this.fn = serial;
    this.documents.length = 0;
    this.#contents.clear();
    this.#lastFd = 0;
    this.shift = { state: "closed", number: 0, receipt: 0 };
    this.powerCut();
    this.#sign(1, { shift: null });
  }

  /** The ОФД has confirmed everything up to this document. */
  confirm(fd: number): void {
    this.documents.forEach((document, index) => {
      if (document.fd <= fd) this.documents[index] = { ...document, ticketReceived: true };
    });
  }

  /** Nobody may be in the middle of a document after this. */
  powerCut(): void {
    this.#open = null;
    this.#pending = null;
    this.#connected = false;
  }

  /** Another ФН is put in, or one that was in before comes back with what it holds. */
  insertFn(fn: string): void {
    const { documents, shift } = this;
    this.#drawer.set(this.fn, { documents, lastFd: this.#lastFd, shift });
    this.powerCut();
    const drive = this.#drawer.get(fn);
    this.fn = fn;
    this.documents = drive?.documents ?? [];
    this.shift = drive?.shift ?? { state: "closed", number: 0, receipt: 0 };
    this.#lastFd = drive?.lastFd ?? 1;
  }

  // the contract

  async connect(): Promise<DeviceInfo> {
    await this.#enter("connect", false);
    this.#connected = true;
    return {
      fn: this.fn,
      rnm: "0000000001002292",
      inn: this.inn,
      userName: 'ООО "Оптика"',
      address: "Москва, ул. Тестовая, 1",
      model: "ШТРИХ-ТЕСТ",
      serial: "0000000000012345",
      taxSystems: this.taxSystems,
      fnExpires: this.fnExpires,
      ofd: this.ofd,
      ofdBy: this.ofdBy,
      protocol: this.protocol,
    };
  }

  disconnect(): Promise<void> {
    this.calls.push("disconnect");
    this.#connected = false;
    return Promise.resolve();
  }

  async status(): Promise<DeviceStatus> {
    await this.#enter("status");
    const unsent = this.documents.filter(({ ticketReceived }) => !ticketReceived);
    return {
      fn: this.fn,
      lastFd: this.#lastFd,
      shift: this.shift,
      paper: this.paper,
      documentOpen: this.documentOpen,
      dateTime: this.#wallTime(19, this.clockDriftMs),
      unsent: unsent.length,
      oldestUnsent: unsent[0] ? { fd: unsent[0].fd, dateTime: unsent[0].dateTime } : null,
      warnings: this.warnings,
      documentsLeft: this.documentsLeft,
    };
  }

  async openShift(_cashier: Cashier): Promise<ShiftDocument> {
    return this.#execute("openShift", () => {
      if (this.shift.state !== "closed") throw new DeviceRefusal("E0", 0x73, "shift is open");
      this.shift = { state: "open", number: this.shift.number + 1, receipt: 0 };
      return this.#shiftDocument(2);
    });
  }

  async closeShift(_cashier: Cashier): Promise<ShiftDocument> {
    return this.#execute("closeShift", () => {
      if (this.shift.state === "closed") throw new DeviceRefusal("41", 0x73, "shift is closed");
      this.shift = { ...this.shift, state: "closed" };
      return this.#shiftDocument(5);
    });
  }

  async printX(): Promise<void> {
    await this.#execute("printX", () => {
      this.slips.push("x");
    });
  }

  async beginReceipt(receipt: Receipt): Promise<void> {
    await this.#execute("beginReceipt", () => {
      if (this.#open) throw new DeviceRefusal("8D", 0x4a, "receipt is open");
      if (this.shift.state === "closed") throw new DeviceRefusal("8D", 0x3d, "shift is closed");
      this.#open = receipt;
    });
  }

  async position(): Promise<{ fn: string; lastFd: number; shift: number }> {
    await this.#enter("position");
    return { fn: this.fn, lastFd: this.#lastFd, shift: this.shift.number };
  }

  async closeReceipt(receipt: Receipt, operationId: string): Promise<ClosedReceipt> {
    this.operationIds.push(operationId);
    return this.#execute("closeReceipt", () => {
      if (!this.#open) throw new DeviceRefusal("FF45", 0x55, "no receipt is open");
      const content = archivedContent(receipt, this.vatMiscountKopecks);
      this.vatMiscountKopecks = 0;
      const document = this.#sign(
        RECEIPT_KINDS[receipt.type].documentType,
        {
          operation: content.operation,
          sumKopecks: content.sumKopecks,
          receipt: this.#nextReceipt(),
          marker: receipt.order.uuid,
        },
        content,
      );
      this.#open = null;
      this.drawer += content.payments.cash * (content.operation === 1 ? 1 : -1);
      if (receipt.electronicOnly) this.slips.push(`electronic ${document.fd}`);
      else if (this.paper === "ok") this.printed.push(document.fd);
      else this.printing = "interrupted";
      return {
        fd: document.fd,
        fp: document.fp,
        changeKopecks: changeKopecks(receipt),
        dateTime: document.dateTime,
      };
    });
  }

  /** A register of the ATOL kind forgets nothing and tells the answers of other operations apart. */
  async takePendingClose(operationId: string): Promise<ClosedReceipt | null> {
    const pending = this.#pending;
    await this.#enter("takePendingClose");
    if (pending === null) return null;
    const byId = this.protocol.startsWith("atol");
    return byId && pending.operationId !== operationId ? null : pending.closed;
  }

  async cancelReceipt(): Promise<void> {
    await this.#execute("cancelReceipt", () => {
      this.#open = null;
    });
  }

  async findDocument(fd: number): Promise<FoundDocument | null> {
    await this.#enter("findDocument");
    const document = this.documents.find((one) => one.fd === fd);
    if (!document) return null;
    return this.tlvReadable
      ? document
      : { ...document, shift: null, receipt: null, marker: null, tlvReadable: false };
  }

  async readDocument(fd: number): Promise<ArchivedDocument | null> {
    await this.#enter("readDocument");
    const document = this.documents.find((one) => one.fd === fd);
    if (!document || !this.tlvReadable) return null;
    const { documentType, fp, dateTime, shift, receipt, marker, operation, sumKopecks } = document;
    return {
      ...(this.#contents.get(fd) ?? { ...NO_CONTENT, operation, sumKopecks }),
      ...{ documentType, fd, fp, dateTime, shift, receipt, marker },
      raw: Buffer.from(JSON.stringify({ fn: this.fn, fd, fp })).toString("base64"),
    };
  }

  async continuePrint(): Promise<void> {
    await this.#execute("continuePrint", () => {
      if (this.printing === "interrupted") this.printed.push(this.#lastFd);
      this.printing = "idle";
      this.paper = "ok";
    });
  }

  async printCopy(): Promise<void> {
    await this.#execute("printCopy", () => {
      if (this.#open) throw new DeviceRefusal("8C", 0x4a, "receipt is open");
      if (this.documents.length === 0) throw new DeviceRefusal("8C", 0x56, "nothing to repeat");
      this.slips.push(`copy ${this.#lastFd}`);
    });
  }

  async moveCash(direction: "in" | "out", kopecks: number, _cashier: Cashier): Promise<void> {
    await this.#execute("moveCash", () => {
      const command = direction === "in" ? "50" : "51";
      if (this.#open) throw new DeviceRefusal(command, 0x4a, "receipt is open");
      if (direction === "out" && kopecks > this.drawer) {
        throw new DeviceRefusal(command, 0x46, "not enough cash");
      }
      this.drawer += direction === "in" ? kopecks : -kopecks;
      this.slips.push(`cash-${direction} ${kopecks}`);
    });
  }

  async reportCalculations(_cashier: Cashier): Promise<CalculationsReport> {
    return this.#execute("reportCalculations", () => {
      if (this.#open) throw new DeviceRefusal("FF37", 0x4a, "receipt is open");
      const unsent = this.documents.filter(({ ticketReceived }) => !ticketReceived);
      const { fd, fp } = this.#sign(21, {});
      return {
        fd,
        fp,
        unconfirmed: unsent.length,
        firstUnconfirmed: unsent[0]?.dateTime.slice(0, 10) ?? null,
      };
    });
  }

  async setClock(wall: string): Promise<void> {
    await this.#execute("setClock", () => {
      if (this.shift.state !== "closed") throw new DeviceRefusal("21", 0x73, "shift is open");
      this.clockDriftMs = Date.parse(`${wall}Z`) - MOSCOW_MS - this.#clock.now();
    });
  }

  async readOfdMessage(): Promise<Uint8Array | null> {
    await this.#enter("readOfdMessage");
    return null;
  }

  async writeOfdAnswer(_message: Uint8Array): Promise<void> {
    await this.#enter("writeOfdAnswer");
  }

  // inside

  async #execute<T>(call: DeviceCall, run: () => T): Promise<T> {
    const fault = await this.#enter(call);
    const result = run();
    if (fault === null) return result;
    if (typeof fault.kind === "object" && "refuseAfter" in fault.kind) {
      fault.meanwhile?.();
      throw new DeviceRefusal(COMMANDS[call] ?? call, fault.kind.refuseAfter, "after all");
    }
    if (call === "closeReceipt" && this.keepsAnswer) {
      const operationId = this.operationIds.at(-1) ?? "";
      this.#pending = { closed: result as ClosedReceipt, operationId };
    }
    fault.meanwhile?.();
    this.#connected = this.keepsAnswer;
    throw new DeviceDoubt(`${call}: answer lost`);
  }

  /** Throws the fault declared for this call; a fault after execution is returned. */
  async #enter(call: DeviceCall, needsLink = true): Promise<Fault | null> {
    this.calls.push(call);
    await this.#script.wait(call);
    if (this.down || (needsLink && !this.#connected)) throw new DeviceLinkError(`${call}: no link`);
    if (call !== "connect" && !this.protocol.startsWith("atol")) this.#pending = null;
    const fault = this.#script.take(call);
    if (!fault || isAfter(fault.kind)) return fault;
    fault.meanwhile?.();
    if (fault.kind === "link") {
      this.#connected = false;
      throw new DeviceLinkError(`${call}: link lost before sending`);
    }
    if (fault.kind === "lost-before") {
      this.#connected = false;
      throw new DeviceDoubt(`${call}: no answer`);
    }
    if ("throws" in fault.kind) throw fault.kind.throws;
    throw new DeviceRefusal(COMMANDS[call] ?? call, fault.kind.refuse, `${call} refused`);
  }

  #shiftDocument(documentType: number): ShiftDocument {
    const { fd, fp } = this.#sign(documentType, {});
    return { shift: this.shift.number, fd, fp };
  }

  #sign(
    documentType: number,
    facts: Partial<FoundDocument>,
    content?: ArchivedContent,
  ): FoundDocument {
    this.#lastFd += 1;
    if (this.documentsLeft !== null) this.documentsLeft = Math.max(0, this.documentsLeft - 1);
    const document: FoundDocument = {
      documentType,
      ticketReceived: false,
      dateTime: this.#wallTime(16),
      fd: this.#lastFd,
      fp: (this.#lastFd * 2_654_435_761) % 0x1_0000_0000,
      operation: null,
      sumKopecks: null,
      shift: this.shift.number,
      receipt: null,
      marker: null,
      tlvReadable: true,
      ...facts,
    };
    this.documents.push(document);
    if (content) this.#contents.set(document.fd, content);
    return document;
  }

  #nextReceipt(): number {
    this.shift = { ...this.shift, receipt: this.shift.receipt + 1 };
    return this.shift.receipt;
  }

  /** Moscow, UTC+3. */
  #wallTime(length: number, driftMs = 0): string {
    return new Date(this.#clock.now() + driftMs + MOSCOW_MS).toISOString().slice(0, length);
  }
}
