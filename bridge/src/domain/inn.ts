/** ИНН: 10 digits of a company, 12 of a person, with check digits (order ММВ-7-6/435@). */

const WEIGHTS = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8] as const;

export function isInn(text: string): boolean {
  return isCompanyInn(text) || isPersonInn(text);
}

export function isCompanyInn(text: string): boolean {
  return /^\d{10}$/.test(text) && checkDigit(text, 9) === Number(text[9]);
}

export function isPersonInn(text: string): boolean {
  return (
    /^\d{12}$/.test(text) &&
    checkDigit(text, 10) === Number(text[10]) &&
    checkDigit(text, 11) === Number(text[11])
  );
}

/** Check digit of the first `count` digits; the weights are the last `count` of one row. */
function checkDigit(text: string, count: number): number {
  const weights = WEIGHTS.slice(WEIGHTS.length - count);
  const sum = weights.reduce((total, weight, index) => total + weight * Number(text[index]), 0);
  return (sum % 11) % 10;
}
