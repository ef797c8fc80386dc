/** The day at the till: reports, the drawer's cash, the end of the shift. */
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { elevate } from "./elevation.ts";
import { unsettledTexts } from "./unsettled.ts";
import type { PosTill } from "./pos_till.ts";
import {
  attestCash,
  closeShift,
  copyOfLast,
  moveCash,
  reportX,
  shiftTotals,
  type Cashier,
  type ShiftClosed,
  type ShiftTotals,
} from "../bridge/day_calls.ts";
import { BridgeProblem } from "../bridge/problem.ts";
import { CashDesk } from "../day/cash_desk.ts";
import type { CashMove } from "../day/cash_move.ts";
import type { OdooTotals } from "../day/compare_totals.ts";
import { receiptText } from "../receipt/receipt_text.ts";
import { deliverOrders } from "./delivery.ts";

interface Orm {
  call(model: string, method: string, args: unknown[]): Promise<unknown>;
}

/** The register's. */
const keyOf = ({ id }: CashMove): string => `cash:${id}`;

export class PosDay {
  readonly desk: CashDesk;
  /** Why Odoo did not book a cash move, as it said; "" when it did or was away. */
  refusal = "";
  private readonly kkt: PosTill;

  constructor(kkt: PosTill) {
    this.kkt = kkt;
    this.desk = new CashDesk({
      database: kkt.till.database,
      register: async (move) => {
        const { direction, kopecks, cashier } = move;
        const who = { name: cashier, inn: null };
        await moveCash(kkt.till.client, direction, kopecks, who, keyOf(move));
      },
      attest: async (move) => {
        await attestCash(kkt.till.client, keyOf(move));
      },
      book: (move) => this.book(move),
    });
  }

  get cashier(): Cashier {
    return { name: receiptText(this.kkt.cashierName, 64) || "-", inn: null };
  }

  async reportX(): Promise<void> {
    await reportX(this.kkt.till.client, `x:${crypto.randomUUID()}`);
  }

  async copyOfLast(): Promise<void> {
    await copyOfLast(this.kkt.till.client, `copy:${crypto.randomUUID()}`);
  }

  /**
   * The Z report; a manager's PIN where the cashier may not.
   *
   * @returns null when nobody gave the PIN
   * @throws BridgeProblem, BridgeUnreachable, NotSent, OutcomeOpen
   */
  async closeShift(): Promise<ShiftClosed | null> {
    const key = `z:${crypto.randomUUID()}`;
    if (!(await this.mayCloseShift())) return await this.closeShiftAsManager(key);
    try {
      return await closeShift(this.kkt.till.client, this.cashier, key);
    } catch (error) {
      const refused = error instanceof BridgeProblem && error.problem.code === "scope_insufficient";
      if (!refused) throw error;
      return await this.closeShiftAsManager(key);
    }
  }

  /**
   * What the till has since the start of Odoo's session. Odoo is asked for it: the page that opened
   * the session was loaded before its start.
   *
   * @throws when Odoo is away
   */
  async totals(): Promise<readonly ShiftTotals[]> {
    const fields = ["start_at", "create_date"];
    const asked = this.orm.call("pos.session", "read", [[this.kkt.pos.session.id], fields]);
    const [session] = (await asked) as { start_at: string | false; create_date: string }[];
    const since = session?.start_at || session?.create_date || "";
    return shiftTotals(this.kkt.till.client, `${since.replace(" ", "T")}Z`);
  }

  /** Odoo's side of it. @throws when Odoo is away */
  async odooTotals(shifts: readonly ShiftTotals[]): Promise<OdooTotals> {
    const named = shifts.map(({ fn, shift, opened_at }) => ({ fn, shift, opened_at }));
    const totals = await this.orm.call("pos.session", "kkt_closing_totals", [
      [this.kkt.pos.session.id],
      named,
    ]);
    return totals as OdooTotals;
  }

  /** Whether anything of ours waits for Odoo. */
  get waiting(): boolean {
    return this.desk.waiting.length > 0;
  }

  /** Brings to Odoo what waits for it. @throws when Odoo is away or refuses */
  async deliver(): Promise<void> {
    const refused = await deliverOrders(this.kkt.pos).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    // an order that Odoo refuses does not hold up the cash
    if (refused !== null && this.isAway(refused.error)) throw refused.error;
    try {
      await this.desk.deliver();
      this.refusal = "";
    } catch (error) {
      const { data } = error as { data?: { message?: string } };
      this.refusal = data?.message ?? "";
      throw error;
    }
    if (refused !== null) throw refused.error;
  }

  /** Why the day can't be closed now, in sentences. */
  blockers(): readonly string[] {
    const { kkt } = this;
    const lines = [...unsettledTexts(kkt)];
    const { open } = this.desk;
    if (open !== undefined) {
      lines.push(_t("The last cash move has no answer of the register yet: ask again."));
    }
    return lines;
  }

  isAway(error: unknown): boolean {
    return error instanceof ConnectionLostError;
  }

  /** The till's own word counts: what the page was loaded with may be old. */
  private async mayCloseShift(): Promise<boolean> {
    const { pos, till } = this.kkt;
    const cashier = pos.getCashier() as unknown as { _role?: string } | null;
    if (pos.config.kkt_cashier_closes_shift === true || cashier?._role === "manager") return true;
    try {
      return (await till.client.people()).limits.cashier_closes_shift === true;
    } catch (error) {
      console.warn("the till did not say who may close the shift", error);
      return false;
    }
  }

  private async closeShiftAsManager(key: string): Promise<ShiftClosed | null> {
    const { kkt } = this;
    const elevated = await elevate(kkt, {
      needed: "manager",
      title: _t("Close the shift"),
      why: _t("The Z report needs a manager."),
    });
    if (elevated === null) return null;
    return await closeShift(kkt.till.client.as(elevated), this.cashier, key);
  }

  private get orm(): Orm {
    return this.kkt.pos.data.orm as Orm;
  }

  private async book(move: CashMove): Promise<void> {
    const direction = move.direction === "in" ? _t("in") : _t("out");
    await this.orm.call("pos.session", "kkt_cash_move", [
      [move.sessionId],
      {
        uuid: move.id,
        type: move.direction,
        amount: move.kopecks / 100,
        reason: move.reason,
        partner_id: move.partnerId,
        extras: { translatedType: direction, employee_id: move.employeeId },
      },
    ]);
  }
}
