/** ATOL's registers behind the `FiscalDevice` door, through ATOL's web server. */
import { randomUUID } from "node:crypto";
import { type Clock, type Scheduler, systemTime } from "../../domain/clock.ts";
import { changeKopecks } from "../../domain/parse-receipt.ts";
import type { Cashier, Receipt } from "../../domain/receipt.ts";
import {
  type ArchivedDocument,
  type CalculationsReport,
  type ClosedReceipt,
  DeviceDoubt,
  type DeviceInfo,
  DeviceLinkError,
  DeviceRefusal,
  DeviceSetupError,
  type DeviceStatus,
  type FiscalDevice,
  type FoundDocument,
  type ShiftDocument,
} from "../fiscal-device.ts";
import {
  deviceStatusResult,
  documentResult,
  exchangeResult,
  type FiscalParams,
  fnInfoResult,
  fnStatusResult,
  shiftStatusResult,
  signedResult,
  type SubAnswer,
} from "./answers.ts";
import { Asker, checked } from "./asker.ts";
import { archivedOf, foundOf, shortOf } from "./document.ts";
import {
  ATOL_CODE_BASE,
  blockedAdvice,
  ERROR_NO_DATA,
  ERROR_PARSE,
  errorText,
  signingError,
  taskError,
} from "./errors.ts";
import { operationUuid } from "./operation-uuid.ts";
import { readPassport } from "./passport.ts";
import { type JsonTask, operator, receiptTask } from "./receipt-task.ts";
import { deviceStatus } from "./status.ts";
import { asLinkError, type RunnerTiming, TaskRunner } from "./task-runner.ts";
import { WebServerClient, type WebServerOptions } from "./web-server-client.ts";

export interface AtolOptions extends WebServerOptions {
  readonly time?: Clock & Scheduler;
  readonly timing?: Partial<RunnerTiming>;
}

export class AtolDevice implements FiscalDevice {
  readonly #client: WebServerClient;
  readonly #runner: TaskRunner;
  readonly #asker: Asker;
  /** Signing tasks whose end is not known: each is settled before anything else is believed. */
  readonly #unsettled = new Set<string>();
  #info: DeviceInfo | null = null;
  /** Last FD as `position` saw it. */
  #before: number | null = null;
  /** The last document is signed and its paper did not come out. */
  #notPrinted = false;

  constructor(options: AtolOptions) {
    this.#client = new WebServerClient(options);
    this.#runner = new TaskRunner(this.#client, options.time ?? systemTime, options.timing);
    this.#asker = new Asker(this.#runner);
  }

  async connect(signal?: AbortSignal): Promise<DeviceInfo> {
    this.#client.open();
    try {
      const generation = await this.#client.detect(signal);
      const block = await this.#client.queueBlock();
      if (block) {
        const advice = blockedAdvice(block.reason);
        throw new DeviceLinkError(`очередь стоит на задании ${block.uuid}`, { advice });
      }
      this.#info = await readPassport(this.#asker, generation);
      return this.#info;
    } catch (error) {
      if (error instanceof DeviceRefusal) {
        throw new DeviceSetupError(`Касса не отвечает на запрос о себе: ${error.message}`);
      }
      throw asLinkError(error);
    }
  }

  disconnect(): Promise<void> {
    this.#client.close();
    return Promise.resolve();
  }

  async status(): Promise<DeviceStatus> {
    await this.#settleAll();
    const answers = await this.#asker.ask([
      [{ type: "getDeviceStatus" }, deviceStatusResult],
      [{ type: "getShiftStatus" }, shiftStatusResult],
      [{ type: "getFnStatus" }, fnStatusResult],
      [{ type: "getFnInfo" }, fnInfoResult],
      [{ type: "ofdExchangeStatus" }, exchangeResult],
    ]);
    return deviceStatus(answers, this.#notPrinted);
  }

  async openShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#shift({ type: "openShift", operator: operator(cashier) });
  }

  async closeShift(cashier: Cashier): Promise<ShiftDocument> {
    return this.#shift({ type: "closeShift", operator: operator(cashier) });
  }

  async printX(): Promise<void> {
    await this.#do({ type: "reportX" });
  }

  /** Nothing is sent: the web server takes a receipt whole. What can't be sent is refused here. */
  beginReceipt(receipt: Receipt): Promise<void> {
    return Promise.resolve().then(() => void this.#task(receipt));
  }

  async position(): Promise<{
    readonly fn: string;
    readonly lastFd: number;
    readonly shift: number;
  }> {
    await this.#settleAll();
    const [{ fnInfo }, { fnStatus }, { shiftStatus }] = await this.#asker.ask([
      [{ type: "getFnInfo" }, fnInfoResult],
      [{ type: "getFnStatus" }, fnStatusResult],
      [{ type: "getShiftStatus" }, shiftStatusResult],
    ]);
    this.#before = fnStatus.fiscalDocumentNumber;
    return { fn: fnInfo.serial, lastFd: this.#before, shift: shiftStatus.number };
  }

  async closeReceipt(receipt: Receipt, operationId: string): Promise<ClosedReceipt> {
    const task = this.#task(receipt);
    const before = this.#before ?? (await this.position()).lastFd;
    // what was read before is worth nothing for the next one
    this.#before = null;
    const { params } = await this.#sign(task, operationUuid(operationId));
    await this.#confirm(params, before + 1, receipt.order.uuid);
    return closedReceipt(params, receipt);
  }

  async takePendingClose(operationId: string): Promise<ClosedReceipt | null> {
    const uuid = operationUuid(operationId);
    const results = await this.#runner.settle(uuid);
    this.#unsettled.delete(uuid);
    const [answer] = results ?? [];
    if (answer?.status !== "ready" || answer.code !== 0) return null;
    const parsed = signedResult.safeParse(answer.result);
    // a task without a document took the uuid, or the server does not say which document it was
    if (!parsed.success || !this.#ownFn(parsed.data.fiscalParams)) return null;
    this.#notPrinted ||= parsed.data.warnings?.notPrinted === true;
    return closedReceipt(parsed.data.fiscalParams, null);
  }

  /** A task is run whole or not at all, so nothing of ours is ever open on the register. */
  async cancelReceipt(): Promise<void> {
    await this.#settleAll();
  }

  async findDocument(fd: number): Promise<FoundDocument | null> {
    const read = await this.#readDocument(fd);
    if (!read) return null;
    return read.document ? foundOf(read.document, read.ticketReceived) : read.short;
  }

  async readDocument(fd: number): Promise<ArchivedDocument | null> {
    return (await this.#readDocument(fd))?.document ?? null;
  }

  async continuePrint(): Promise<void> {
    await this.#do({ type: "continuePrint" });
    this.#notPrinted = false;
  }

  async printCopy(): Promise<void> {
    await this.#do({ type: "printLastReceiptCopy" });
  }

  async moveCash(direction: "in" | "out", kopecks: number, cashier: Cashier): Promise<void> {
    const type = direction === "in" ? "cashIn" : "cashOut";
    await this.#do({ type, cashSum: kopecks / 100, operator: operator(cashier) });
  }

  async reportCalculations(cashier: Cashier): Promise<CalculationsReport> {
    const task = { type: "reportOfdExchangeStatus", operator: operator(cashier) };
    const { params, answer } = await this.#sign(task, randomUUID());
    const { status } = checked(task.type, exchangeResult, answer.result);
    return {
      fd: params.fiscalDocumentNumber,
      fp: params.fiscalDocumentSign,
      unconfirmed: status.notSentCount,
      firstUnconfirmed:
        status.notSentCount === 0 ? null : status.notSentFirstDocDateTime.slice(0, 10),
    };
  }

  async setClock(wall: string): Promise<void> {
    await this.#do({
      type: "setDateTime",
      dateTime: wall.slice(0, 19).replaceAll("-", ".").replace("T", " "),
    });
  }

  /** The register has its own way to the ОФД. */
  readOfdMessage(): Promise<Uint8Array | null> {
    return Promise.resolve(null);
  }

  writeOfdAnswer(): Promise<void> {
    const message = "касса сама обменивается с ОФД";
    return Promise.reject(new DeviceRefusal("ofd", ATOL_CODE_BASE + ERROR_PARSE, message));
  }

  /**
   * The server runs a task again after a crash, and after a block it takes any new document for the
   * task's own. So its word counts only for the next FD, and with our marker in it.
   * @throws DeviceDoubt
   */
  async #confirm(params: FiscalParams, expected: number, marker: string): Promise<void> {
    const fd = params.fiscalDocumentNumber;
    if (fd !== expected || !this.#ownFn(params)) {
      throw new DeviceDoubt(`веб-сервер назвал ФД ${String(fd)}, ждали ${String(expected)}`);
    }
    const read = await this.#readDocument(fd).catch((error: unknown) => {
      throw new DeviceDoubt(`ФД ${String(fd)} не читается`, { cause: error });
    });
    if (read?.document?.marker !== marker || read.document.fp !== params.fiscalDocumentSign) {
      throw new DeviceDoubt(`ФД ${String(fd)}, названный веб-сервером, — другой документ`);
    }
  }

  #task(receipt: Receipt): JsonTask {
    if (!this.#info) throw new DeviceLinkError("касса ещё не подключена");
    return receiptTask(receipt, this.#info.taxSystems);
  }

  #ownFn({ fnNumber }: FiscalParams): boolean {
    return !fnNumber || !this.#info || fnNumber === this.#info.fn;
  }

  async #shift(task: JsonTask): Promise<ShiftDocument> {
    const { params } = await this.#sign(task, randomUUID());
    return {
      shift: params.shiftNumber,
      fd: params.fiscalDocumentNumber,
      fp: params.fiscalDocumentSign,
    };
  }

  /** A task that prints or sets something and makes no document. */
  async #do(task: JsonTask): Promise<void> {
    const end = await this.#runner.run(randomUUID(), [task], "sign");
    const [answer] = end.kind === "final" ? end.results : [];
    if (end.kind === "refused") {
      throw new DeviceRefusal(task.type, ATOL_CODE_BASE + ERROR_PARSE, end.text);
    }
    if (end.kind !== "final" || !answer) {
      const { text, advice } = end as Exclude<typeof end, { kind: "final" }>;
      throw new DeviceLinkError(`${task.type}: ${text}`, { advice });
    }
    if (answer.status !== "ready" || answer.code !== 0) {
      throw taskError(task.type, answer.code, answer.description);
    }
  }

  /** @throws DeviceDoubt while the task may have signed or may yet; then it stays to be settled */
  async #sign(
    task: JsonTask,
    uuid: string,
  ): Promise<{ readonly params: FiscalParams; readonly answer: SubAnswer }> {
    const end = await this.#runner.run(uuid, [task], "sign");
    switch (end.kind) {
      case "absent":
        throw new DeviceLinkError(`${task.type}: ${end.text}`, { advice: end.advice });
      case "refused":
        throw new DeviceRefusal(task.type, ATOL_CODE_BASE + ERROR_PARSE, end.text);
      case "open":
        this.#unsettled.add(uuid);
        throw new DeviceDoubt(`${task.type}: ${end.text}`);
      case "final":
    }
    const [answer] = end.results;
    if (!answer) throw new DeviceDoubt(`${task.type}: ответ без результата`);
    if (answer.status === "canceled") {
      throw new DeviceRefusal(task.type, ATOL_CODE_BASE + 503, errorText(503, answer.description));
    }
    if (answer.status !== "ready" || answer.code !== 0) {
      throw signingError(task.type, answer.code, answer.description);
    }
    const parsed = signedResult.safeParse(answer.result);
    if (!parsed.success) throw new DeviceDoubt(`${task.type}: веб-сервер не назвал документа`);
    this.#notPrinted = parsed.data.warnings?.notPrinted === true;
    return { params: parsed.data.fiscalParams, answer };
  }

  /** @throws DeviceLinkError while one of them may still be run */
  async #settleAll(): Promise<void> {
    for (const uuid of this.#unsettled) {
      await this.#runner.settle(uuid);
      this.#unsettled.delete(uuid);
    }
  }

  async #readDocument(fd: number): Promise<{
    readonly document: ArchivedDocument | null;
    readonly short: FoundDocument | null;
    readonly ticketReceived: boolean;
  } | null> {
    const tasks = [
      { type: "getFnStatus" },
      { type: "ofdExchangeStatus" },
      { type: "getFnDocument", fiscalDocumentNumber: fd, withRawData: true },
    ];
    const [status, exchange, whole] = await this.#asker.send(tasks);
    const { fnStatus } = ready("getFnStatus", status, fnStatusResult);
    if (fd > fnStatus.fiscalDocumentNumber) return null;
    const { status: ofd } = ready("ofdExchangeStatus", exchange, exchangeResult);
    const ticketReceived = ofd.notSentCount === 0 || fd < ofd.notSentFirstDocNumber;
    if (whole?.code !== ERROR_NO_DATA) {
      const result = ready("getFnDocument", whole, documentResult);
      const document = archivedOf(result);
      if (document) return { document, short: null, ticketReceived };
    }
    const [record] = await this.#asker.send([
      { type: "getFnDocument", fiscalDocumentNumber: fd, withRawData: false },
    ]);
    if (record?.code === ERROR_NO_DATA) return null;
    const short = shortOf(ready("getFnDocument", record, documentResult), ticketReceived);
    return { document: null, short, ticketReceived };
  }
}

function ready<T>(
  type: string,
  answer: SubAnswer | undefined,
  schema: Parameters<typeof checked<T>>[1],
): T {
  if (!answer) throw new DeviceLinkError(`${type}: веб-сервер АТОЛ не ответил на задание`);
  if (answer.status !== "ready" || answer.code !== 0) {
    throw taskError(type, answer.code, answer.description);
  }
  return checked(type, schema, answer.result);
}

/** @param receipt null where only the server's word is there: it does not tell the change */
function closedReceipt(params: FiscalParams, receipt: Receipt | null): ClosedReceipt {
  return {
    fd: params.fiscalDocumentNumber,
    fp: params.fiscalDocumentSign,
    changeKopecks: receipt ? changeKopecks(receipt) : 0,
    dateTime: params.fiscalDocumentDateTime.slice(0, 16),
  };
}
