/** Compact JWS with ES256 (RFC 7515, RFC 7518 §3.4) by a WebCrypto key that never leaves the browser. */

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const encode = (value: object): string =>
  base64url(new TextEncoder().encode(JSON.stringify(value)));

/** @param key ECDSA P-256 private key */
export async function signJws(
  key: CryptoKey,
  header: { readonly typ: string },
  payload: object,
): Promise<string> {
  const input = `${encode({ alg: "ES256", ...header })}.${encode(payload)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    new TextEncoder().encode(input),
  );
  return `${input}.${base64url(new Uint8Array(signature))}`;
}
