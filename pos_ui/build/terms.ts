/** The terms that Odoo's export finds in our sources, so that a missing translation is noticed. */

const CALL = /\b_t\(\s*"((?:[^"\\]|\\.)*)"/g;
const TEXT_NODE = />([^<>]*[A-Za-z][^<>]*)</g;
const UNTRANSLATED = /<t t-name="[^"]*" t-translation="off">[\s\S]*?\n {4}<\/t>/g;
/** Attributes that people read are terms too, as in Odoo's own export. */
const ATTRIBUTE_NODE =
  /<attribute name="(?!(?:placeholder|title|label|alt|aria-label)")[^>]*>[^<]*<\/attribute>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g;

export const termsOfCode = (code: string): string[] =>
  [...code.matchAll(CALL)].map((found) => JSON.parse(`"${found[1] ?? ""}"`) as string);

/** Text between tags; templates marked `t-translation="off"` have none. */
export const termsOfTemplate = (xml: string): string[] =>
  [...xml.replace(UNTRANSLATED, "").replace(ATTRIBUTE_NODE, "").matchAll(TEXT_NODE)].map((found) =>
    (found[1] ?? "").replace(/\s+/g, " ").trim(),
  );

/** `msgid` → `msgstr` of a po file with one-line strings. */
export function translations(po: string): Map<string, string> {
  const entries = po.matchAll(/^msgid ("(?:[^"\\]|\\.)*")\nmsgstr ("(?:[^"\\]|\\.)*")$/gm);
  return new Map(
    [...entries].map((found) => [
      JSON.parse(found[1] ?? '""') as string,
      JSON.parse(found[2] ?? '""') as string,
    ]),
  );
}
