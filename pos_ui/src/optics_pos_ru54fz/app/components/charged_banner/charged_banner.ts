import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { usePos } from "@point_of_sale/app/hooks/pos_hook";
import { _t } from "@web/core/l10n/translation";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { settleCharge } from "../../pos/charged_card.ts";
import type { PosTill } from "../../pos/pos_till.ts";
import { moneyText } from "../../pos/refuse.ts";

interface DialogProps {
  readonly amount: string;
  readonly orderName: string;
  readonly retry: () => void;
  readonly settled: () => Promise<void>;
  readonly close: () => void;
}

/** A card is charged without a receipt: print it, or give the money back. */
export class KktChargedDialog extends Component<DialogProps> {
  static override template = "optics_pos_ru54fz.ChargedDialog";
  static components = { Dialog };
  static override props = {
    amount: String,
    orderName: String,
    retry: Function,
    settled: Function,
    close: Function,
  };

  get title(): string {
    return _t("The card is charged, and there is no receipt");
  }

  retry(): void {
    this.props.close();
    this.props.retry();
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
    const amount = moneyText(this.kkt, this.charges[uuid] ?? 0);
    const order = this.nameOf(uuid);
    return {
      uuid,
      text: _t("Order %(order)s: the card was charged %(amount)s, and there is no receipt.", {
        order,
        amount,
      }),
    };
  }

  private nameOf(uuid: string): string {
    const order = this.orderOf(uuid);
    return order?.pos_reference || this.kkt.till.store.get(uuid)?.orderName || uuid.slice(0, 8);
  }

  open(uuid: string): void {
    this.pos.dialog.add(KktChargedDialog, {
      amount: moneyText(this.kkt, this.charges[uuid] ?? 0),
      orderName: this.nameOf(uuid),
      retry: () => {
        if (this.orderOf(uuid) === undefined) return;
        this.pos.navigate("PaymentScreen", { orderUuid: uuid });
      },
      settled: () => settleCharge(this.kkt, uuid),
    });
  }
}
