import { Component, useState } from "@odoo/owl";
import { PaymentScreen } from "@point_of_sale/app/screens/payment_screen/payment_screen";
import { patch } from "@web/core/utils/patch";
import type { PageView } from "../../bridge/status.ts";
import { statusRows, type StatusRow } from "../till_status/status_rows.ts";
import { useTillClock } from "../till_status/till_clock.ts";

interface Props {
  /** Reactive. */
  readonly view: PageView;
}

/**
 * Says on the payment screen that the till prints nothing now, before a card is charged in vain.
 * It only tells: whether a receipt is printed is the till's own word at Validate.
 */
export class KktSaleStop extends Component<Props> {
  static override template = "optics_pos_ru54fz.SaleStop";
  static override props = { view: Object };

  declare view: PageView;
  declare clock: () => number | null;

  override setup(): void {
    this.view = useState(this.props.view);
    this.clock = useTillClock(this.view);
  }

  get stop(): StatusRow | null {
    return statusRows(this.view, this.clock()).find(({ stops }) => stops) ?? null;
  }
}

patch(PaymentScreen, { components: { ...PaymentScreen.components, KktSaleStop } });
