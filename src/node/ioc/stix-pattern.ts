/**
 * The comparisons of a STIX pattern (STIX 2.1 §9): object path, operator and constants. What they are joined
 * with is not kept: each comparison of a supported path is an indicator by itself, so a pattern of several
 * conditions joined by AND matches more than it says. Time qualifiers mean nothing here.
 */

export interface StixComparison {
  readonly path: string;
  readonly operator: string;
  readonly isNegated: boolean;
  readonly values: readonly string[];
}

const TOKEN =
  /'((?:\\.|[^'\\])*)'|([A-Za-z_][\w-]*:(?:[\w-]+|'(?:\\.|[^'\\])*'|\[\*\]|\[\d+\]|\.)+)|([A-Z]+)|(!=|<=|>=|[=<>()[\],])|([\w.+-]+)|\s+/gy;

type Token = { readonly kind: "text" | "path" | "word" | "sign" | "number"; readonly text: string };

/** All comparisons, or null where the text is no pattern. */
export function readStixPattern(pattern: string): readonly StixComparison[] | null {
  const tokens = tokenise(pattern);
  if (tokens === null || tokens[0]?.text !== "[") return null;
  const found: StixComparison[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at]?.kind !== "path") {
      at++;
      continue;
    }
    const comparison = readComparison(tokens, at);
    if (comparison === null) return null;
    found.push(comparison.found);
    at = comparison.next;
  }
  return found;
}

function tokenise(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
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

function readComparison(
  tokens: readonly Token[],
  start: number,
): { readonly found: StixComparison; readonly next: number } | null {
  const path = tokens[start]?.text ?? "";
  let at = start + 1;
  const isNegated = tokens[at]?.text === "NOT";
  if (isNegated) at++;
  const operator = tokens[at++]?.text ?? "";
  const first = tokens[at];
  if (first === undefined) return null;
  const values: string[] = [];
  if (first.text === "(" && first.kind === "sign") {
    for (at++; at < tokens.length && tokens[at]?.text !== ")"; at++) {
      const token = tokens[at];
      if (token?.kind === "text" || token?.kind === "number") values.push(token.text);
    }
  } else if (first.kind === "text" || first.kind === "number" || first.kind === "word") {
    values.push(first.text);
  } else return null;
  return { found: { path, operator, isNegated, values }, next: at + 1 };
}
