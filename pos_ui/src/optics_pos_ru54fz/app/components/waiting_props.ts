/** What the screens of a wait have in common: nothing but a choice, or the end, takes them away. */
import type { TillView } from "../bridge/status.ts";

export interface WaitingProps<Choice> {
  readonly orderName: string;
  /** Reactive; what the till says of itself. */
  readonly view: TillView;
  readonly choose: (choice: Choice) => void;
}

/** For `static props`. */
export const WAITING_PROPS = {
  orderName: String,
  view: Object,
  choose: Function,
  close: Function,
} as const;

/** Neither Escape nor a «close all» ends the wait. */
export function stayOpen(env: object): void {
  const { dialogData } = env as { dialogData: { close: () => void } };
  dialogData.close = () => undefined;
}
