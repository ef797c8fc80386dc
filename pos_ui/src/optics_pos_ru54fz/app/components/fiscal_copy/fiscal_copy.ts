import { Component } from "@odoo/owl";
import type { PosOrder } from "@point_of_sale/app/models/pos_order";
import { generateQRCodeDataUrl } from "@point_of_sale/utils";
import { formatCurrency } from "@web/core/currency";
import { operationText, qrText, signText, wallTime } from "../../receipt/fiscal_copy.ts";
import type { Fiscal, WireItem } from "../../receipt/receipt_types.ts";
import { vatLines, type VatLine } from "../../receipt/vat_text.ts";

interface Props {
  readonly fiscal: Fiscal;
  readonly items: readonly WireItem[];
  readonly order: PosOrder;
}

/** The fiscal part of a receipt's copy: what the register printed and the ФН signed. */
export class KktFiscalCopy extends Component<Props> {
  static override template = "optics_pos_ru54fz.FiscalCopy";
  static override props = { fiscal: Object, items: Array, order: Object };

  get isRefund(): boolean {
    const { fiscal, order } = this.props;
    return fiscal.operation === 2 || (!fiscal.operation && order.is_refund === true);
  }

  get operation(): string {
    return operationText(this.isRefund ? 2 : 1);
  }

  get time(): string {
    return wallTime(this.props.fiscal.date_time);
  }

  get sign(): string {
    return signText(this.props.fiscal.fp);
  }

  get vat(): readonly VatLine[] {
    return vatLines(this.props.items);
  }

  get qr(): string {
    const { fiscal, order } = this.props;
    const total = order.priceIncl as number;
    return generateQRCodeDataUrl(qrText(fiscal, total, this.isRefund));
  }

  money(roubles: number): string {
    const { currency } = this.props.order as unknown as { currency: { id: number } };
    return formatCurrency(roubles, currency.id);
  }
}
