import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { blockScreen } from "../../pos/blocked_screen.ts";
import { settleCharge } from "../../pos/charged_card.ts";
import type { PosTill } from "../../pos/pos_till.ts";
import { moneyText } from "../../pos/money_text.ts";
import { restoreDraft } from "../../pos/restored_order.ts";
import { orderNameOf } from "../../pos/unsettled.ts";

interface DialogProps {
  readonly amount: string;
  /** The card was given money back, not charged. */
  readonly isRefund: boolean;
  readonly orderName: string;
  /** To the order's payment; null: this browser has the order no longer. */
  readonly retry: (() => void) | null;
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

/** A card's money moved without a receipt: print it, or undo it on the card terminal. */
export class KktChargedDialog extends Component<DialogProps> {
  static override template = "optics_pos_ru54fz.ChargedDialog";
  static components = { Dialog };
  static override props = {
    amount: String,
    isRefund: Boolean,
    orderName: String,
    retry: { type: [Function, { value: null }] },
    settled: Function,
    close: Function,
  };

  get title(): string {
    return this.props.isRefund
      ? _t("Money went back to the card, and there is no refund receipt")
      : _t("The card is charged, and there is no receipt");
  }

  retry(): void {
    this.props.close();
    this.props.retry?.();
  }

  async settled(): Promise<void> {
    await this.props.settled();
    this.props.close();
  }
}

/** Says of the order on the screen, or of another one, that a card was charged without a receipt. */
export class KktChargedBanner extends Component {
  static override template = "optics_pos_ru54fz.ChargedBanner";
  static override props = {};

  declare pos: ReturnType<typeof usePos>;
  declare charges: Record<string, number>;

  override setup(): void {
    this.pos = usePos();
    this.charges = useState(this.kkt.charges);
  }

  private get kkt(): PosTill {
    if (this.pos.kkt === null) throw new Error("a banner without a till");
    return this.pos.kkt;
  }

  private orderOf(uuid: string): PosOrder | undefined {
    return this.pos.models["pos.order"].getBy("uuid", uuid) as PosOrder | undefined;
  }

  /** The order on the screen first. */
  get charged(): { uuid: string; text: string } | null {
    const uuids = Object.keys(this.charges);
    const here = this.pos.selectedOrderUuid as string | null;
    const uuid = uuids.find((one) => one === here) ?? uuids[0];
    if (uuid === undefined) return null;
    const kopecks = this.charges[uuid] ?? 0;
    const named = {
      order: orderNameOf(this.kkt, uuid),
      amount: moneyText(this.kkt, Math.abs(kopecks)),
    };
    const text =
      kopecks < 0
        ? _t(
            "Order %(order)s: %(amount)s go back to the card, and there is no refund receipt.",
            named,
          )
        : _t("Order %(order)s: the card was charged %(amount)s, and there is no receipt.", named);
    return { uuid, text };
  }

  /** @returns null when neither this page nor the till has the order to go on with */
  private async find(uuid: string): Promise<PosOrder | null> {
    const here = this.orderOf(uuid);
    if (here !== undefined) return here;
    const free = blockScreen(this.pos, _t("Looking for the order at the till…"));
    try {
      return await restoreDraft(this.kkt, uuid);
    } catch (error) {
      console.warn("the order is not back", error);
      return null;
    } finally {
      free();
    }
  }

  async open(uuid: string): Promise<void> {
    const order = await this.find(uuid);
    const kopecks = this.charges[uuid];
    // settled meanwhile, or on its way again
    if (kopecks === undefined) return;
    this.pos.dialog.add(KktChargedDialog, {
      amount: moneyText(this.kkt, Math.abs(kopecks)),
      isRefund: kopecks < 0,
      orderName: orderNameOf(this.kkt, uuid),
      retry:
        order === null
          ? null
          : () => {
              // its own screen, not one of the order that was worked on
              this.pos.setOrder(order);
              this.pos.navigate("PaymentScreen", { orderUuid: uuid });
            },
      settled: () => settleCharge(this.kkt, uuid),
    });
  }
}
