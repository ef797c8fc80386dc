import {
  Component,
  onWillStart,
  onWillUnmount,
  reactive,
  useExternalListener,
  useState,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dialog } from "@web/core/dialog/dialog";
import type { People, Person, Scope } from "../../bridge/people.ts";
import { PinEntry, type PinState } from "../../elevation/pin_entry.ts";

interface Props {
  /** What it is asked for. */
  readonly title: string;
  /** One sentence that says why. */
  readonly why: string;
  readonly needed: Scope;
  /** `Person.id` of who stands at the till. */
  readonly preferred: string | null;
  readonly people: () => Promise<People>;
  readonly check: (person: Person, pin: string) => Promise<unknown>;
  readonly done: (result: unknown) => void;
  readonly close: () => void;
}

/** Somebody with the rights is chosen and types a PIN; the bridge checks it. */
export class KktPinDialog extends Component<Props> {
  static override template = "optics_pos_ru54fz.PinDialog";
  static components = { Dialog };
  static override props = {
    title: String,
    why: String,
    needed: String,
    preferred: { type: [String, { value: null }] },
    people: Function,
    check: Function,
    done: Function,
    close: Function,
  };

  declare entry: PinEntry<unknown>;
  declare state: PinState;

  override setup(): void {
    const { props } = this;
    this.entry = new PinEntry<unknown>(props.needed, {
      people: () => props.people(),
      check: (person, pin) => props.check(person, pin),
      done: (result) => {
        props.done(result);
        props.close();
      },
      preferred: props.preferred,
      observe: (state) => reactive(state),
      now: () => performance.now(),
    });
    this.state = useState(this.entry.state);
    onWillStart(() => void this.entry.load());
    const timer = setInterval(() => this.entry.tick(), 250);
    onWillUnmount(() => clearInterval(timer));
    // before the barcode service and the hotkeys: what is typed here is a PIN
    useExternalListener(window, "keydown", (event: Event) => this.key(event as KeyboardEvent), {
      capture: true,
    });
  }

  get keys(): readonly string[] {
    return ["1", "2", "3", "4", "5", "6", "7", "8", "9", "Delete", "0", "Backspace"];
  }

  /** Dots, one a digit. */
  get dots(): string {
    return "•".repeat(this.state.pin.length);
  }

  get nobody(): boolean {
    return this.state.people?.length === 0;
  }

  get locked(): string {
    const { lockedFor } = this.state;
    const minutes = String(Math.floor(lockedFor / 60));
    const seconds = String(lockedFor % 60).padStart(2, "0");
    return _t("Too many wrong PINs. Try again in %s.", `${minutes}:${seconds}`);
  }

  get message(): string {
    const { trouble, lockedFor } = this.state;
    if (lockedFor > 0) return this.locked;
    if (trouble === null) return "";
    if (trouble.kind === "told") return trouble.text;
    if (trouble.kind === "unreachable") {
      return _t("The till's computer does not answer. Check that it is on and try again.");
    }
    return trouble.attemptsLeft === null
      ? _t("The PIN is wrong.")
      : _t("The PIN is wrong. Tries left: %s", String(trouble.attemptsLeft));
  }

  /** The list could not be read: the one thing to do is to ask again. */
  get canReload(): boolean {
    return this.state.people === null && !this.state.busy;
  }

  label(key: string): string {
    return key === "Delete" ? "C" : key === "Backspace" ? "⌫" : key;
  }

  nameOf(key: string): string {
    return key === "Delete" ? _t("Clear") : key === "Backspace" ? _t("Erase") : key;
  }

  private key(event: KeyboardEvent): void {
    const { isActive } = (this.env as { dialogData: { isActive: boolean } }).dialogData;
    if (!isActive || event.ctrlKey || event.altKey || event.metaKey) return;
    // with nothing typed Enter presses the button that has the focus
    if (event.key === "Enter" && this.state.pin === "") return;
    if (!this.entry.press(event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
