/** The Z report is proposed before the shift's 24 hours are over, once per shift, between sales. */
import { _t } from "@web/core/l10n/translation";
import { tillNow } from "../bridge/status.ts";
import { shiftAge } from "../day/shift_age.ts";
import type { PosTill } from "./pos_till.ts";

const LOOK_MS = 30_000;

export function watchShift(kkt: PosTill, openDay: () => void): void {
  let proposed: number | null = null;
  const look = (): void => {
    const { view } = kkt;
    const now = tillNow(view, performance.now());
    if (now === null || view.shift === null || view.mode === "absent") return;
    if (kkt.settling || kkt.validating || proposed === view.shift.number) return;
    const age = shiftAge(view.shift, now);
    if (age.kind !== "due") return;
    proposed = view.shift.number;
    const close = kkt.pos.notification.add(
      _t(
        "The shift ends in %s min. Print the Z report before, else the register stops selling.",
        String(age.minutes),
      ),
      {
        type: "warning",
        sticky: true,
        buttons: [
          {
            name: _t("Shift and cash"),
            primary: true,
            onClick: () => {
              close();
              openDay();
            },
          },
        ],
      },
    ) as () => void;
  };
  setInterval(look, LOOK_MS);
}
