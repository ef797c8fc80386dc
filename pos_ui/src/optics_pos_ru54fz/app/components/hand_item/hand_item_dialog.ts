import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { typedItem, type Typed, type TypedFault, type TypedItem } from "../../receipt/hand_item.ts";

export interface HandItemRate {
  /** Tag 1199. */
  readonly code: number;
  readonly label: string;
}

interface Props {
  /** Why it is asked: which barcode nobody knows. */
  readonly why: string;
  readonly start: Typed;
  readonly rates: readonly HandItemRate[];
  readonly done: (item: TypedItem) => void;
  readonly close: () => void;
}

interface State {
  name: string;
  price: string;
  quantity: string;
  vat: number | null;
  /** Somebody has tried to go on: faults are shown. */
  tried: boolean;
}

/** Name, price, quantity and VAT of goods that neither the page, nor the till, nor Odoo knows. */
export class KktHandItemDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.HandItemDialog";
  static components = { Dialog };
  static override props = {
    why: String,
    start: Object,
    rates: Array,
    done: Function,
    close: Function,
  };

  declare state: State;

  override setup(): void {
    this.state = useState<State>({ ...this.props.start, tried: false });
    const name = useRef("name");
    onMounted(() => name.el?.focus());
  }

  get title(): string {
    return _t("Item entered by hand");
  }

  get checked(): ReturnType<typeof typedItem> {
    return typedItem(this.state);
  }

  isWrong(field: TypedFault): boolean {
    const { checked } = this;
    return this.state.tried && "faults" in checked && checked.faults.includes(field);
  }

  get trouble(): string {
    const { checked } = this;
    if (!this.state.tried || !("faults" in checked)) return "";
    switch (checked.faults[0]) {
      case "name":
        return _t("Type the name as the price tag has it: it is printed on the receipt.");
      case "price":
        return _t("Type the price of one piece in roubles, e.g. 1250,50.");
      case "quantity":
        return _t("Type how many, e.g. 1.");
      default:
        return _t("Choose the VAT. If you do not know it, ask a manager.");
    }
  }

  choose(code: number): void {
    this.state.vat = code;
  }

  add(): void {
    this.state.tried = true;
    const { checked } = this;
    if ("faults" in checked) return;
    this.props.close();
    this.props.done(checked.item);
  }

  /** Enter goes on; a scanner's Enter after a code in the name only shows what is missing. */
  onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.add();
  }
}
