/** Durations and counts as a person says them. */
import { user } from "@web/core/user";
import { _t } from "@web/core/l10n/translation";

/** @param minutes whole minutes, e.g. 240 → «4 ч 00 мин» */
export function durationText(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return hours === 0
    ? _t("%s min", String(rest))
    : _t("%(hours)s h %(minutes)s min", {
        hours: String(hours),
        minutes: String(rest).padStart(2, "0"),
      });
}

/** «1 чек», «2 чека», «30 чеков» */
export function receiptsText(count: number): string {
  const one = String(count);
  switch (new Intl.PluralRules(user.lang || "en").select(count)) {
    case "one":
      return _t("%s receipt", one);
    case "few":
      return _t("%s receipts (2 to 4)", one);
    default:
      return _t("%s receipts", one);
  }
}
