/** The till inside the POS: what the patches ask, and the one way an order gets its receipt. */
import { user } from "@web/core/user";
import { markRaw, reactive } from "@odoo/owl";
import { rpc } from "@web/core/network/rpc";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { _t } from "@web/core/l10n/translation";
import type { KktTillRecord } from "../../@types/pos_models.d.ts";
import type { OrderRecord } from "../attempt/attempt.ts";
import type { Certificate } from "../bridge/identity.ts";
import { UNKNOWN_VIEW, type PageView } from "../bridge/status.ts";
import type { Fiscal, WireItem } from "../receipt/receipt_types.ts";
import { OdooLink } from "../till/odoo_link.ts";
import { Till } from "../till/till.ts";
import { showCharges } from "./charged_card.ts";
import { PosDay } from "./day.ts";
import { markPaid, waitingOrders } from "./delivery.ts";
import { isLoginEnded, LoginNotice } from "./odoo_login.ts";
import { setOdooReachable } from "./offline_state.ts";
import { openDay } from "./open_day.ts";
import { followTill } from "./page_clock.ts";
import { rebuild } from "./rebuild.ts";
import { resumeOpenOrder } from "./resume.ts";
import { watchShift } from "./shift_due.ts";
import { orderNameOf } from "./unsettled.ts";

/** How long the POS waits at its start for the bridge's word on open orders. */
const START_MS = 5_000;
/** And, without Odoo, for the orders that this browser lost. */
const REBUILD_MS = 3_000;

/** Resolves with the work or with the time, whichever is first. */
async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}

export class PosTill {
  readonly pos: PosStore;
  readonly till: Till;
  readonly link: OdooLink;
  readonly day: PosDay;
  private readonly login: LoginNotice;
  /** Reactive, for the status bar. */
  readonly view: PageView;
  /** Reactive: orders whose card is charged without a receipt, kopecks by uuid. */
  readonly charges = reactive<Record<string, number>>({});
  /** Something of the way from Validate to the receipt is running: Odoo must not hold it up. */
  validating = false;
  /**
   * The order and the payments that the running Validate has found right, or the cashier agreed to:
   * its checks run twice where an addon makes them first, its questions must not.
   */
  agreedRefund: string | null = null;
  /** An order is on its way through the till, from its mark to its end: no other may begin. */
  settling = false;
  /** uuid of that order. */
  atTill: string | null = null;
  /** uuid of an order whose receipt is made and whose mark is being written. */
  sealed: string | null = null;
  /** uuid of an order whose wait is being shown again, not asked for by Validate. */
  resuming: string | null = null;
  /** A payment button of the product screen was pressed; a second press would pay twice. */
  payingFast = false;
  /** A refund is on its way to the payment screen; a second press would begin an empty one. */
  refunding = false;
  /** The bridge was away when it was asked what this browser lost. */
  private toRebuild = false;

  constructor(pos: PosStore, record: KktTillRecord) {
    markRaw(this);
    this.pos = pos;
    this.view = reactive({ ...UNKNOWN_VIEW, loginEnded: false });
    this.login = new LoginNotice(this);
    this.link = new OdooLink({
      ping: async () => {
        await rpc("/pos/ping", {}, { silent: true });
      },
      isLoginEnded,
      onChange: (reachable) => {
        if (reachable) this.noteLogin(true);
        setOdooReachable(pos, reachable);
      },
      onLoginEnded: () => this.noteLogin(false),
      deliver: () => this.day.deliver(),
      waiting: () => this.day.waiting || waitingOrders(pos).length > 0,
      setTimeout: (callback, ms) => setTimeout(callback, ms),
      clearTimeout: (timer) => clearTimeout(timer as number | undefined),
    });
    this.till = new Till(
      {
        code: record.code,
        bridgeUrl: record.bridge_url,
        database: `kkt-${(pos.data as { databaseName: string }).databaseName}`,
        certify: (profile, jwk) => this.certify(profile, jwk),
        user: user.userId || null,
      },
      {
        onView: (view) => Object.assign(this.view, view),
        onOdoo: (reachable) => this.link.hint(reachable),
        onSettled: (settled) => {
          this.settled(settled);
          this.bringBack(settled);
        },
        onTaken: (taken) => this.taken(taken),
        onTime: (time) => followTill(time),
        onConnected: () => this.rebuildAgain(),
      },
    );
    this.day = new PosDay(this);
  }

  /** Before any screen: what this browser knows, and how the bridge says it ended. */
  async open(): Promise<void> {
    try {
      await this.till.load();
      await this.day.desk.load();
    } catch (error) {
      // the POS opens, and every Validate says what is wrong: without a till nothing is sold
      console.error("the till can't be used in this browser", error);
    }
    const answered = this.till.reconcile().catch((error: unknown) => {
      console.warn("the bridge did not answer at the start; open orders stay locked", error);
    });
    await atMost(START_MS, answered);
    for (const record of this.till.store.fiscalized()) this.settled(record);
    showCharges(this);
    this.till.start();
    watchShift(this, () => openDay(this.pos));
  }

  /** What this browser lost comes back; a start without Odoo waits for it, another one does not. */
  async rebuild(): Promise<void> {
    const work = rebuild(this).then(
      (count) => void (count > 0 && this.link.probe()),
      (error: unknown) => {
        console.warn("what this browser lost is not back yet", error);
        this.toRebuild = true;
      },
    );
    if (!this.link.reachable) await atMost(REBUILD_MS, work);
  }

  private rebuildAgain(): void {
    if (!this.toRebuild) return;
    this.toRebuild = false;
    void this.rebuild();
  }

  isLocked(order: PosOrder): boolean {
    return this.sealed === order.uuid || this.till.isLocked(order.uuid);
  }

  isOpen(order: PosOrder): boolean {
    return this.till.isOpen(order.uuid);
  }

  /** Signed by this page, or by whoever as far as Odoo knows. */
  isFiscal(order: PosOrder): boolean {
    return this.fiscalOf(order) !== null;
  }

  fiscalOf(order: PosOrder): Fiscal | null {
    return this.till.store.get(order.uuid)?.fiscal ?? (order.kkt_fiscal || null);
  }

  itemsOf(order: PosOrder): readonly WireItem[] {
    return this.till.store.get(order.uuid)?.items ?? [];
  }

  /** tag 1021: the employee who is signed in, or the user. */
  get cashierName(): string {
    const cashier = this.pos.getCashier() as unknown as { name?: string } | null;
    return cashier?.name ?? "";
  }

  private noteLogin(valid: boolean): void {
    Object.assign(this.view, { loginEnded: !valid });
    if (valid) this.login.hide();
    else this.login.show();
  }

  /** A fiscalized order that the page still holds as a draft (reload, crash) is a paid one. */
  settled(record: OrderRecord): void {
    showCharges(this);
    const order = this.pos.models["pos.order"].getBy("uuid", record.uuid) as PosOrder | undefined;
    if (order === undefined || order.state !== "draft") return;
    if (record.state === "fiscalized") {
      markPaid(this.pos, order);
      this.showReceipt(order);
      void this.link.probe();
    } else if (record.reason !== null && record.reason.text !== "") {
      this.pos.notification.add(record.reason.text, { type: "warning" });
    }
  }

  /** Signed, and deleted here while the till's word was that it knew nothing of the order. */
  private bringBack({ uuid, state }: OrderRecord): void {
    // the start brings back by itself
    if (this.pos.kkt !== this || state !== "fiscalized") return;
    if (this.pos.models["pos.order"].getBy("uuid", uuid) === undefined) void this.rebuild();
  }

  /** The till had denied this order and has it after all: what was free again is not. */
  private taken(record: OrderRecord): void {
    showCharges(this);
    this.pos.notification.add(
      _t(
        "Order %s: the till has its receipt after all. Do not sell the goods again; the order can't be changed now.",
        orderNameOf(this, record.uuid),
      ),
      { type: "warning", sticky: true },
    );
    const { current, params } = this.pos.router.state;
    if (params.orderUuid === record.uuid) resumeOpenOrder(this.pos, current, record.uuid);
  }

  /** Whoever looks at the order sees its receipt now. */
  private showReceipt(order: PosOrder): void {
    const { router } = this.pos;
    const { current, params } = router.state;
    if (params.orderUuid !== order.uuid) return;
    if (current === "PaymentScreen" || current === "ProductScreen") {
      router.navigate("ReceiptScreen", { orderUuid: order.uuid });
    }
  }

  private async certify(profile: string, jwk: JsonWebKey): Promise<Certificate> {
    const orm = this.pos.data.orm as {
      call(model: string, method: string, args: unknown[]): Promise<unknown>;
    };
    const { id } = this.pos.config;
    return (await orm.call("kkt.till", "certify_browser", [id, profile, jwk])) as Certificate;
  }
}
