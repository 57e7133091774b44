/** Texts of feeds inside of rules. */

/** Text for a message: what has a meaning in rules with a backslash, nothing outside ASCII. */
export function ruleText(text: string): string {
  return text
    .replace(/[^ -~]/g, "?")
    .replace(/["\\;:]/g, "\\$&")
    .slice(0, 300);
}

/** Text for a content: everything that is more than letters, digits and common signs in hex, as UTF-8. */
export function contentText(text: string): string {
  return text.replace(/[^A-Za-z0-9/._?=&%~+,@!*()-]/gu, (character) => {
    const codes = [...new TextEncoder().encode(character)];
    return `|${codes.map((code) => code.toString(16).padStart(2, "0")).join(" ")}|`;
  });
}

/** The option that ends a rule's time; "" for one that holds for good. */
export function validUntil(expiresMs: number | null): string {
  return expiresMs === null ? "" : `valid:until ${new Date(expiresMs).toISOString()}; `;
}

/** An address or network as a header takes it. */
export function bracketed(network: string): string {
  return network.includes(":") ? `[${network}]` : network;
}
