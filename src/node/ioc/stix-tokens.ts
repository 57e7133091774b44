/** Words of STIX patterns: constants, object paths, key words, signs, numbers. */

export interface StixToken {
  readonly kind: "text" | "path" | "word" | "sign" | "number";
  readonly text: string;
}

const TOKEN =
  /'((?:\\.|[^'\\])*)'|([A-Za-z_][\w-]*:(?:[\w-]+|'(?:\\.|[^'\\])*'|\[\*\]|\[\d+\]|\.)+)|([A-Z]+)\b|(!=|<=|>=|[=<>()[\],])|([\w.+-]+)|\s+/gy;

/** Null where something is none of them. */
export function tokeniseStix(pattern: string): readonly StixToken[] | null {
  const tokens: StixToken[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const match = TOKEN.exec(pattern);
    if (match === null) return null;
    const [, text, path, word, sign, number] = match;
    if (text !== undefined) tokens.push({ kind: "text", text: text.replace(/\\(.)/g, "$1") });
    else if (path !== undefined) tokens.push({ kind: "path", text: path });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
  }
  return tokens;
}
