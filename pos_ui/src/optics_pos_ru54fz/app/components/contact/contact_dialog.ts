import { Component, onMounted, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import { contactOf } from "../../receipt/contact.ts";

interface Props {
  /** What is known of the buyer, or was given before. */
  readonly value: string;
  /** The buyer has agreed before. */
  readonly agreed: boolean;
  readonly save: (contact: string | null) => void;
  readonly close: () => void;
}

/** The buyer's phone or e-mail for the electronic receipt, with the buyer's consent. */
export class KktContactDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.ContactDialog";
  static components = { Dialog };
  static override props = { value: String, agreed: Boolean, save: Function, close: Function };

  declare state: { value: string; agreed: boolean; tried: boolean };

  override setup(): void {
    this.state = useState({ value: this.props.value, agreed: this.props.agreed, tried: false });
    const input = useRef("input");
    onMounted(() => input.el?.focus());
  }

  get contact(): string | null {
    return contactOf(this.state.value);
  }

  get trouble(): string {
    if (!this.state.tried) return "";
    if (this.contact === null) {
      return _t("That is neither a phone nor an e-mail. Examples: +7 999 123-45-67, name@mail.ru");
    }
    return this.state.agreed ? "" : _t("Ask the buyer and tick the consent.");
  }

  save(): void {
    this.state.tried = true;
    if (this.contact === null || !this.state.agreed) return;
    this.props.save(this.contact);
    this.props.close();
  }

  remove(): void {
    this.props.save(null);
    this.props.close();
  }

  onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.save();
  }
}
