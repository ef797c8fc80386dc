import { Component, onWillUnmount, useState } from "@odoo/owl";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { patch } from "@web/core/utils/patch";
import { tillNow, type PageView } from "../../bridge/status.ts";
import { statusRows, type StatusRow } from "../till_status/status_rows.ts";

interface Props {
  /** Reactive. */
  readonly view: PageView;
}

/** How often the shift's age is counted again, ms. */
const CLOCK_MS = 5_000;

/**
 * Says on the payment screen that the till prints nothing now, before a card is charged in vain.
 * It only tells: whether a receipt is printed is the till's own word at Validate.
 */
export class KktSaleStop extends Component<Props> {
  static override template = "optics_pos_ru54fz.SaleStop";
  static override props = { view: Object };

  declare view: PageView;
  declare clock: { now: number };

  override setup(): void {
    this.view = useState(this.props.view);
    this.clock = useState({ now: performance.now() });
    const timer = setInterval(() => (this.clock.now = performance.now()), CLOCK_MS);
    onWillUnmount(() => clearInterval(timer));
  }

  get stop(): StatusRow | null {
    const rows = statusRows(this.view, tillNow(this.view, this.clock.now));
    return rows.find(({ stops }) => stops) ?? null;
  }
}

patch(PaymentScreen, { components: { ...PaymentScreen.components, KktSaleStop } });
