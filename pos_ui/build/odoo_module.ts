/**
 * What Odoo's server can read of an ES module (`odoo/tools/js_transpiler.py`): it knows `import`
 * and `export` only at the start of a line, resolves specifiers without an extension, and binds
 * the addon's translations only to one form of the `_t` import.
 */

const SPECIFIER = /^((?:import|export|\}\s*from)\b[^"\n]*)"(\.{1,2}\/[^"\n]+)\.ts"/gm;

/** esbuild's output with the `.ts` of relative specifiers dropped. */
export function toOdooModule(code: string): string {
  return code.replace(SPECIFIER, '$1"$2"');
}

/** Strings and comments replaced by blanks of the same length, so that only code is looked at. */
export function blankLiterals(code: string): string {
  const literal =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  return code.replace(literal, (text) => text.replace(/[^\n]/g, " "));
}

const lineOf = (code: string, index: number): number => code.slice(0, index).split("\n").length;

interface Rule {
  readonly pattern: RegExp;
  readonly message: string;
}

/** Looked for in code alone, literals blanked. */
const CODE_RULES: readonly Rule[] = [
  { pattern: /\bimport\s*\(/g, message: "no dynamic import: Odoo's loader has none" },
  { pattern: /\bimport\.meta\b/g, message: "no import.meta: the file becomes a plain function" },
  { pattern: /^export\s*\*\s*as\b/gm, message: "no `export * as`: Odoo can't read it" },
  {
    pattern: /^export\s*\{[^}]*\bas\s+default\b/gm,
    message: "no `export { X as default }`: write `export default`",
  },
  {
    pattern: /^[^\S\n]+(?:import\b(?!\s*[.(])|export\b)/gm,
    message: "import and export must stand at the start of a line",
  },
  {
    pattern: /^(?:import|export)\b[^;]*;[^\S\n]*(?:import|export)\b/gm,
    message: "one import or export a line",
  },
  {
    pattern: /^await\b|^(?:const|let|var)\b[^;{(=]*=\s*await\b/gm,
    message: "no top-level await: the file becomes a plain function",
  },
];

const IMPORT_FROM = /^(?:import|export)\b[^;]*?(["'])([^"'\n]+)\1/gm;
const TRANSLATION = "@web/core/l10n/translation";
const TRANSLATION_LINE = `import { _t } from "${TRANSLATION}";`;

/**
 * What Odoo would misread in an emitted file, as `line: message`; empty when all is well.
 */
export function checkOdooModule(code: string): string[] {
  const errors: string[] = [];
  const blanked = blankLiterals(code);
  for (const { pattern, message } of CODE_RULES) {
    for (const found of blanked.matchAll(pattern)) {
      errors.push(`${lineOf(code, found.index)}: ${message}`);
    }
  }
  for (const found of code.matchAll(IMPORT_FROM)) {
    const specifier = found[2] ?? "";
    const line = lineOf(code, found.index);
    if (/\.(?:ts|js|mjs)$/.test(specifier)) {
      errors.push(`${line}: "${specifier}": Odoo's module names have no extension`);
    }
    if (specifier === TRANSLATION && /\b_t\b/.test(found[0])) {
      const written = code.split("\n")[line - 1];
      if (written !== TRANSLATION_LINE) {
        errors.push(`${line}: write it exactly as ${TRANSLATION_LINE}`);
      }
    }
  }
  for (const found of blanked.matchAll(/\b_t\(/g)) {
    const argument = code.slice(found.index + found[0].length).trimStart()[0];
    if (argument !== '"') {
      errors.push(
        `${lineOf(code, found.index)}: _t needs a literal string, else the term is not exported`,
      );
    }
  }
  return errors;
}
