/** Shtrih-M ККТ behind the `FiscalDevice` door, protocol V1 or V2. */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { systemTime } from "../../domain/clock.ts";
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
  isPaperMissing,
  type PaperState,
  type ShiftDocument,
} from "../fiscal-device.ts";
import { readDocument } from "./archive.ts";
import { readArchivedDocument } from "./archived-document.ts";
import { makeCalculationsReport } from "./calculations.ts";
import { buildReceipt } from "./build-receipt.ts";
import { cancelDocument } from "./commands/cancel-document.ts";
import { cancelReceipt } from "./commands/cancel-receipt.ts";
import { cashIn } from "./commands/cash-in.ts";
import { cashOut } from "./commands/cash-out.ts";
import { type CloseReceiptAnswer, closeReceipt } from "./commands/close-receipt.ts";
import { continuePrint } from "./commands/continue-print.ts";
import { fnResource } from "./commands/fn-resource.ts";
import { fnStatus, formsOurDocument } from "./commands/fn-status.ts";
import { type FullStatus, fullStatus } from "./commands/full-status.ts";
import { ofdExchange } from "./commands/ofd-exchange.ts";
import { printXReport } from "./commands/print-x-report.ts";
import { repeatDocument } from "./commands/repeat-document.ts";
import { sendBufferedTlv } from "./commands/send-buffered-tlv.ts";
import { sendTlv } from "./commands/send-tlv.ts";
import { shiftParameters } from "./commands/shift-parameters.ts";
import { shortStatus } from "./commands/short-status.ts";
import { MAX_TLV } from "./commands/tlv-request.ts";
import { setDeviceClock } from "./device-clock.ts";
import { ERROR_FN_UNKNOWN_COMMAND, ERROR_PRINTING, ERROR_UNKNOWN_COMMAND } from "./errors.ts";
import type { LinkEvent } from "./line-link.ts";
import type { LinkTiming } from "./link.ts";
import type { LinkV2Timing } from "./link-v2.ts";
import { NegotiatedLink, type ProtocolChoice } from "./negotiated-link.ts";
import { readMessage, writeMessage } from "./ofd-buffer.ts";
import { PaperSwitch } from "./paper-switch.ts";
import { type Passport, readPassport } from "./passport.ts";
import { planClose, type PlanOptions, planReceipt } from "./receipt-plan.ts";
import { type SessionTiming, ShtrihSession } from "./session.ts";
import { closeShiftDocument, openShiftDocument } from "./shift.ts";
import type { Transport } from "./transport/transport.ts";

export interface ShtrihOptions {
  readonly transport: Transport;
  /** Password of the system administrator; the factory's is 30. */
  readonly password?: number;
  readonly time?: Clock & Scheduler;
  readonly linkTiming?: Partial<LinkTiming>;
  readonly linkV2Timing?: Partial<LinkV2Timing>;
  /** Default: V2 where the device has it. */
  readonly protocol?: ProtocolChoice;
  readonly sessionTiming?: Partial<SessionTiming>;
  /** For logs and metrics. */
  readonly onEvent?: (event: LinkEvent) => void;
}

const PASSWORD = 30;
/** fiscal.md §1.5 */
const MODE_SHIFT_EXPIRED = 3;
const MODE_DOCUMENT_OPEN = 8;
const PAPER_BY_SUBMODE: Readonly<Record<number, PaperState>> = {
  1: "out",
  2: "out-while-printing",
  3: "waiting-continue",
};
/** Bit 10 of the flags of 10h and 11h: the cover is up. */
const FLAG_COVER_OPEN = 0x0400;
const VAT_20: readonly number[] = [1, 3];
/** The ФН's resource is not asked for again before this; it falls by a document at a time. */
const RESOURCE_AGE_MS = 5_000;

export class ShtrihDevice implements FiscalDevice {
  readonly #link: NegotiatedLink;
  readonly #session: ShtrihSession;
  readonly #password: number;
  readonly #time: Clock & Scheduler;
  readonly #paper: PaperSwitch;
  #passport: Passport | null = null;
  #resource: { readonly at: number; readonly fn: string; readonly left: number | null } | null =
    null;

  constructor(options: ShtrihOptions) {
    const time = options.time ?? systemTime;
    this.#time = time;
    this.#password = options.password ?? PASSWORD;
    this.#link = new NegotiatedLink({
      transport: options.transport,
      time,
      protocol: options.protocol ?? "auto",
      password: this.#password,
      timing: options.linkTiming ?? {},
      timingV2: options.linkV2Timing ?? {},
      ...(options.onEvent && { onEvent: options.onEvent }),
    });
    this.#session = new ShtrihSession(this.#link, time, options.sessionTiming);
    this.#paper = new PaperSwitch(this.#session, this.#password);
  }

  async connect(signal?: AbortSignal): Promise<DeviceInfo> {
    try {
      signal?.throwIfAborted();
      await this.#link.open();
      this.#passport = await readPassport(
        this.#session,
        this.#password,
        this.#link.protocol,
        signal,
      );
      await this.#paper.look();
      return this.#passport.info;
    } catch (error) {
      if (error instanceof DeviceRefusal) {
        const message = `касса не отвечает на запрос о себе: ${error.message}`;
        if (error.deviceCode === ERROR_PRINTING) throw new DeviceLinkError(message);
        throw new DeviceSetupError(message);
      }
      if (signal?.aborted) throw new DeviceLinkError("подключение к кассе прервано");
      throw withoutDoubt(error);
    }
  }

  async disconnect(): Promise<void> {
    await this.#link.close();
  }

  async status(): Promise<DeviceStatus> {
    const password = this.#password;
    const device = await this.#session.run(fullStatus, { password });
    const fn = await this.#session.run(fnStatus, { password });
    const shift = await this.#session.run(shiftParameters, { password });
    const exchange = await this.#session.run(ofdExchange, { password });
    const expired = device.modeNumber === MODE_SHIFT_EXPIRED;
    return {
      fn: fn.fn,
      lastFd: fn.lastFd,
      shift: {
        state: expired ? "expired" : shift.state,
        number: shift.shift,
        receipt: shift.receipt,
      },
      paper: paperOf(device),
      documentOpen: device.modeNumber === MODE_DOCUMENT_OPEN || formsOurDocument(fn),
      dateTime: device.dateTime,
      unsent: exchange.count,
      oldestUnsent:
        exchange.firstDateTime === null
          ? null
          : { fd: exchange.firstFd, dateTime: exchange.firstDateTime },
      warnings: fn.warnings,
      documentsLeft: await this.#documentsLeft(fn.fn),
    };
  }

  openShift(cashier: Cashier): Promise<ShiftDocument> {
    return openShiftDocument(this.#session, this.#password, cashier);
  }

  closeShift(cashier: Cashier): Promise<ShiftDocument> {
    return closeShiftDocument(this.#session, this.#password, cashier);
  }

  async printX(): Promise<void> {
    await this.#session.run(printXReport, { password: this.#password });
  }

  async beginReceipt(receipt: Receipt): Promise<void> {
    const plan = planReceipt(receipt, this.#planOptions());
    this.#refuseReplacedVat(receipt);
    try {
      await this.#paper.set(!receipt.electronicOnly);
      await buildReceipt({
        session: this.#session,
        password: this.#password,
        receipt,
        plan,
        sendTlv: (tlv) => this.#sendTlv(tlv),
      });
    } catch (error) {
      throw withoutDoubt(error);
    }
  }

  async position(): Promise<{
    readonly fn: string;
    readonly lastFd: number;
    readonly shift: number;
  }> {
    const { fn, lastFd } = await this.#session.run(fnStatus, { password: this.#password });
    const { shift } = await this.#session.run(shiftParameters, { password: this.#password });
    return { fn, lastFd, shift };
  }

  async closeReceipt(receipt: Receipt): Promise<ClosedReceipt> {
    const request = planClose(receipt, this.#planOptions());
    return closedReceipt(await this.#session.sign(closeReceipt, request));
  }

  async takePendingClose(): Promise<ClosedReceipt | null> {
    for (;;) {
      const answer = await this.#link.takePendingAnswer();
      if (!answer) return null;
      // an error answer made no document, and a broken one proves none: the ФН will tell
      if (answer.code !== closeReceipt.code || answer.payload[0] !== 0) continue;
      try {
        return closedReceipt(this.#session.read(closeReceipt, answer.payload));
      } catch (error) {
        if (!(error instanceof DeviceDoubt)) throw error;
      }
    }
  }

  async cancelReceipt(): Promise<void> {
    const password = this.#password;
    let refusal: DeviceRefusal | null = null;
    try {
      await this.#session.run(cancelReceipt, { password });
    } catch (error) {
      if (!(error instanceof DeviceRefusal)) throw error;
      refusal = error;
    }
    const fn = await this.#session.run(fnStatus, { password });
    if (formsOurDocument(fn)) await this.#session.run(cancelDocument, { password });
    await this.#paper.set(true);
    if (!refusal) return;
    // 88h is refused where nothing is open, and that is what was wanted
    const { modeNumber } = await this.#session.run(shortStatus, { password });
    if (modeNumber === MODE_DOCUMENT_OPEN) throw refusal;
  }

  findDocument(fd: number): Promise<FoundDocument | null> {
    return readDocument(this.#session, this.#password, fd);
  }

  readDocument(fd: number): Promise<ArchivedDocument | null> {
    return readArchivedDocument(this.#session, this.#password, fd);
  }

  async continuePrint(): Promise<void> {
    await this.#session.run(continuePrint, { password: this.#password });
  }

  async printCopy(): Promise<void> {
    await this.#session.run(repeatDocument, { password: this.#password });
  }

  /** The slip names the operator of table 2; these commands take no cashier. */
  async moveCash(direction: "in" | "out", kopecks: number, _cashier: Cashier): Promise<void> {
    const command = direction === "in" ? cashIn : cashOut;
    await this.#session.run(command, { password: this.#password, sum: kopecks });
  }

  reportCalculations(cashier: Cashier): Promise<CalculationsReport> {
    return makeCalculationsReport(this.#session, this.#password, cashier);
  }

  async setClock(wall: string): Promise<void> {
    try {
      await setDeviceClock(this.#session, this.#password, wall);
    } catch (error) {
      throw withoutDoubt(error);
    }
  }

  readOfdMessage(): Promise<Uint8Array | null> {
    return readMessage(this.#session, this.#password);
  }

  async writeOfdAnswer(message: Uint8Array): Promise<void> {
    try {
      await writeMessage(this.#session, this.#password, message);
    } catch (error) {
      throw withoutDoubt(error);
    }
  }

  /** null where the model does not tell (FF63h). */
  async #documentsLeft(fn: string): Promise<number | null> {
    const now = this.#time.monotonic();
    const known = this.#resource;
    if (known?.fn === fn && now - known.at < RESOURCE_AGE_MS) return known.left;
    const unknown = [ERROR_UNKNOWN_COMMAND, ERROR_FN_UNKNOWN_COMMAND];
    const answer = await this.#session.runUnless(unknown, fnResource, { password: this.#password });
    const left = answer?.documentsLeft ?? null;
    this.#resource = { at: now, fn, left };
    return left;
  }

  /** A long one goes through the ФН's buffer. */
  async #sendTlv(tlv: Uint8Array): Promise<void> {
    const password = this.#password;
    if (tlv.length <= MAX_TLV) {
      await this.#session.run(sendTlv, { password, tlv });
      return;
    }
    await writeMessage(this.#session, password, tlv);
    await this.#session.run(sendBufferedTlv, { password });
  }

  #planOptions(): PlanOptions {
    if (!this.#passport) throw new DeviceLinkError("касса ещё не подключена");
    return { password: this.#password, taxSystems: this.#passport.info.taxSystems };
  }

  #refuseReplacedVat(receipt: Receipt): void {
    if (!this.#passport?.replacesVat20) return;
    if (!receipt.items.some((item) => VAT_20.includes(item.vat))) return;
    throw new DeviceRefusal(
      "FF46",
      0x33,
      "касса сама меняет НДС 20 % на 22 % (таблица 17, поле 71 = 1), а в чеке есть 20 %: установите 2",
    );
  }
}

/**
 * The flag only explains why nothing can be printed: a model without the sensor may leave the bit
 * as it likes, and a register that prints with its cover up is not held back.
 */
function paperOf({ submode, flags }: FullStatus): PaperState {
  const paper = PAPER_BY_SUBMODE[submode] ?? "ok";
  return isPaperMissing(paper) && (flags & FLAG_COVER_OPEN) !== 0 ? "cover-open" : paper;
}

function closedReceipt(answer: CloseReceiptAnswer): ClosedReceipt {
  return {
    fd: answer.fd,
    fp: answer.fp,
    changeKopecks: answer.change,
    dateTime: answer.dateTime,
  };
}

/** For steps from which no document can come: whether they were executed matters to nobody. */
function withoutDoubt(error: unknown): unknown {
  return error instanceof DeviceDoubt
    ? new DeviceLinkError(error.message, { cause: error })
    : error;
}
