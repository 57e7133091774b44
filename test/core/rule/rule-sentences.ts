/** Makes rules at random by walking the compiled grammar, with sample texts for the tokens. */
import fc from "fast-check";
import compiled from "../../../src/core/rule/grammar.generated.ts";

interface GrammarRule {
  readonly name: string;
  readonly symbols: readonly (string | { readonly type?: string; readonly literal?: string })[];
}

const grammarRules = compiled.ParserRules as readonly GrammarRule[];

const tokenSamples: Readonly<Record<string, readonly string[]>> = {
  word: ["any", "$HOME_NET", "10.0.0.0/8", "80:90", "tcp", "2001:db8::1", "x.y-z", ":1023"],
  arrow: ["->", "<>", "=>"],
  open: ["(", " ( "],
  close: [")", " ) "],
  flag: ["nocase;", "http.uri ;", "app-layer-event;"],
  key: ["content:", "msg :", "byte_test:"],
  value: ['"abc";', " 1,2 , 3 ;", '"a\\;b";', ";", '"back\\\\slash";', '"\u00e4";'],
};

const DEPTH_MAX = 12;

/** Sentences of the grammar that are right in what the grammar leaves to checks: action and direction. */
export const ruleSentences: fc.Arbitrary<string> = fc
  .array(fc.nat({ max: 1000 }), { minLength: 40, maxLength: 120 })
  .map((choices) => new SentenceWalk(choices).rule());

class SentenceWalk {
  private readonly choices: readonly number[];
  private next = 0;

  constructor(choices: readonly number[]) {
    this.choices = choices;
  }

  rule(): string {
    const start = grammarRules.find(({ name }) => name === compiled.ParserStart);
    if (start === undefined) throw new Error("grammar without a start");
    const [, ...rest] = start.symbols;
    return `alert ${rest.map((symbol) => this.expand(symbol, 0)).join(" ")}`;
  }

  private expand(symbol: GrammarRule["symbols"][number], depth: number): string {
    if (typeof symbol !== "string") {
      return symbol.literal ?? this.pick(tokenSamples[symbol.type ?? ""] ?? []);
    }
    if (symbol === "arrow") return this.pick(tokenSamples.arrow ?? []);
    const alternatives = grammarRules.filter(({ name }) => name === symbol);
    const shortest = alternatives.filter(
      ({ symbols }) =>
        symbols.length === Math.min(...alternatives.map((rule) => rule.symbols.length)),
    );
    const chosen = this.pick(depth >= DEPTH_MAX ? shortest : alternatives);
    return chosen.symbols.map((part) => this.expand(part, depth + 1)).join(" ");
  }

  private pick<T>(from: readonly T[]): T {
    const choice = this.choices[this.next++ % this.choices.length] ?? 0;
    return from[choice % from.length] as T; // never empty
  }
}
