/** The whole screen of a tab that does not work, because another one of this till does. */
import { _t } from "@web/core/l10n/translation";
import { translationIsReady } from "@web/core/l10n/translation";

function part(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** @param takeOver the one button was pressed */
export async function showOtherTab(takeOver: () => void): Promise<void> {
  await translationIsReady;
  const screen = part("div", "kkt-other-tab");
  screen.setAttribute("role", "alert");
  const main = part("main", "");
  const button = part("button", "kkt-other-tab-go btn btn-lg btn-primary", String(_t("Work here")));
  button.addEventListener("click", takeOver);
  main.append(
    part("h1", "mb-4", String(_t("This till is open in another tab"))),
    part("p", "", String(_t("One tab works at a till, so that nothing is sold twice."))),
    part(
      "p",
      "fw-bold mb-4",
      String(
        _t("Go on in the other tab and close this one, or work here: the other tab will stop."),
      ),
    ),
    button,
  );
  screen.append(main);
  document.body.append(screen);
  button.focus();
}
