/** Makes rules at random: a header by walking the compiled grammar, options from sample texts of their tokens. */
import fc from "fast-check";
import compiled from "../../../src/core/rule/grammar.generated.ts";

interface GrammarRule {
  readonly name: string;
  readonly symbols: readonly (string | { readonly type?: string; readonly literal?: string })[];
}

const grammarRules = compiled.ParserRules as readonly GrammarRule[];

const tokenSamples = {
  word: ["any", "$HOME_NET", "10.0.0.0/8", "80:90", "tcp", "2001:db8::1", "x.y-z", ":1023"],
  arrow: ["->", "<>", "=>"],
  open: ["(", " ( "],
  close: [")", " ) "],
  flag: ["nocase;", "http.uri ;", "app-layer-event;"],
  key: ["content:", "msg :", "byte_test:"],
  value: ['"abc";', " 1,2 , 3 ;", '"a\\;b";', ";", '"back\\\\slash";', '"\u00e4";'],
} as const;

function samplesOf(type: string | undefined): readonly string[] {
  return Object.entries(tokenSamples).find(([name]) => name === type)?.[1] ?? [];
}

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
    const header = rest.map((symbol) => this.expand(symbol, 0)).join(" ");
    const parts = [`alert ${header}`, this.pick(tokenSamples.open)];
    for (let left = 1 + this.number(5); left > 0; left--) parts.push(this.option());
    return [...parts, this.pick(tokenSamples.close)].join(" ");
  }

  private option(): string {
    if (this.number(2) === 0) return this.pick(tokenSamples.flag);
    return `${this.pick(tokenSamples.key)}${this.pick(tokenSamples.value)}`;
  }

  private number(below: number): number {
    return (this.choices[this.next++ % this.choices.length] ?? 0) % below;
  }

  private expand(symbol: GrammarRule["symbols"][number], depth: number): string {
    if (typeof symbol !== "string") {
      return symbol.literal ?? this.pick(samplesOf(symbol.type));
    }
    if (symbol === "arrow") return this.pick(tokenSamples.arrow);
    const alternatives = grammarRules.filter(({ name }) => name === symbol);
    const shortest = alternatives.filter(
      ({ symbols }) =>
        symbols.length === Math.min(...alternatives.map((rule) => rule.symbols.length)),
    );
    const chosen = this.pick(depth >= DEPTH_MAX ? shortest : alternatives);
    return chosen.symbols.map((part) => this.expand(part, depth + 1)).join(" ");
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.number(from.length)] as T; // never empty
  }
}
