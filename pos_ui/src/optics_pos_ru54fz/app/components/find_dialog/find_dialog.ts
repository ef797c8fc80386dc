import { Component, useRef, useState, onMounted } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { findReceipts, openFound } from "../../pos/find_receipts.ts";
import { problemText } from "../../pos/problem_text.ts";
import type { PosTill } from "../../pos/pos_till.ts";
import type { FoundReceipt } from "../../refund/found_receipts.ts";
import { queryOf } from "../../refund/receipt_query.ts";
import { wallTime } from "../../receipt/fiscal_copy.ts";
import { keepFocus } from "../kept_focus.ts";

interface Props {
  readonly kkt: PosTill;
  readonly done: (order: PosOrder) => void;
  readonly close: () => void;
}

interface State {
  typed: string;
  date: string;
  busy: boolean;
  receipts: readonly FoundReceipt[] | null;
  odooAway: boolean;
  tillAway: boolean;
  trouble: string;
}

/** The sale of a refund: by number, ФД, ФП, the paper's QR code, day, buyer or goods. */
export class KktFindDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.FindDialog";
  static components = { Dialog };
  static override props = { kkt: Object, done: Function, close: Function };

  declare state: State;

  override setup(): void {
    this.state = useState<State>({
      typed: "",
      date: "",
      busy: false,
      receipts: null,
      odooAway: false,
      tillAway: false,
      trouble: "",
    });
    const input = useRef("typed");
    keepFocus(".kkt-find");
    onMounted(() => input.el?.focus());
  }

  get title(): string {
    return _t("Find the sale of a refund");
  }

  get hint(): string {
    return _t(
      "Receipt or order number, ФД, ФП, buyer, phone, goods; or scan the receipt's QR code",
    );
  }

  get empty(): string {
    if (this.state.receipts === null || this.state.receipts.length > 0) return "";
    return this.state.odooAway
      ? _t(
          "This till has no such sale, and Odoo does not answer: sales of other tills can't be looked for now.",
        )
      : _t("No such sale was found. Check the number and the date on the paper receipt.");
  }

  get away(): string {
    const { receipts, odooAway, tillAway } = this.state;
    if (receipts === null || receipts.length === 0) return "";
    if (odooAway) return _t("Odoo does not answer: only sales of this till are shown.");
    return tillAway ? _t("The till's computer does not answer: only what Odoo has is shown.") : "";
  }

  time(receipt: FoundReceipt): string {
    return wallTime(receipt.time);
  }

  place({ till, fd }: FoundReceipt): string {
    return fd > 0 ? `${till} · ФД ${fd}` : _t("%s, the receipt is on its way to Odoo", till);
  }

  money(roubles: number): string {
    const { currency } = this.props.kkt.pos as unknown as { currency: { id: number } };
    return formatCurrency(roubles, currency.id);
  }

  left({ left, total }: FoundReceipt): string {
    if (left === null || left === total) return "";
    return left === 0 ? _t("all taken back") : _t("left: %s", this.money(left));
  }

  async search(): Promise<void> {
    const { state } = this;
    const query = queryOf(state.typed, state.date, new Date().getFullYear());
    if (query === null || state.busy) return;
    Object.assign(state, { busy: true, trouble: "" });
    try {
      const found = await findReceipts(this.props.kkt, query);
      Object.assign(state, found);
    } finally {
      state.busy = false;
    }
    const [only, ...more] = state.receipts ?? [];
    if (only !== undefined && more.length === 0 && query.qr !== undefined) await this.open(only);
  }

  async open(receipt: FoundReceipt): Promise<void> {
    const { state } = this;
    if (state.busy) return;
    Object.assign(state, { busy: true, trouble: "" });
    try {
      const order = await openFound(this.props.kkt, receipt);
      if (order === null) {
        state.trouble = receipt.here
          ? _t("The till no longer has the order of this receipt. Try again when Odoo answers.")
          : _t("Odoo has the receipt, but not its order yet. Try again in a few minutes.");
        return;
      }
      this.props.done(order);
      this.props.close();
    } catch (error) {
      state.trouble = problemText(error);
    } finally {
      state.busy = false;
    }
  }

  key(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    void this.search();
  }
}
