/**
 * STIX patterns (STIX 2.1 §9) as alternatives: each is a list of comparisons that one observation must meet together.
 * OR gives several; what joins observations that are made apart (AND between brackets, FOLLOWEDBY), counts or dates
 * them (REPEATS, START) gives none, but a text that says so.
 */
import { type StixToken, tokeniseStix } from "./stix-tokens.ts";

export interface StixComparison {
  readonly path: string;
  readonly operator: string;
  readonly isNegated: boolean;
  readonly values: readonly string[];
}

export type StixAlternative = readonly StixComparison[];

export interface StixReading {
  readonly alternatives: readonly StixAlternative[];
  /** Why parts of the pattern give none. */
  readonly problems: readonly string[];
}

/** Alternatives of one pattern; more are refused. */
const ALTERNATIVES_MAX = 1000;
const DEPTH_MAX = 50;

/** Null where the text is no pattern. */
export function readStixPattern(pattern: string): StixReading | null {
  const tokens = tokeniseStix(pattern);
  if (tokens === null) return null;
  try {
    const reader = new PatternReader(tokens);
    return reader.readAll();
  } catch (error) {
    if (error instanceof NoPattern) return null;
    throw error;
  }
}

/** Thrown and caught in this file. */
class NoPattern extends Error {}

class PatternReader {
  private readonly tokens: readonly StixToken[];
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly StixToken[]) {
    this.tokens = tokens;
  }

  readAll(): StixReading {
    const reading = this.readSequence();
    if (this.at < this.tokens.length) throw new NoPattern();
    return reading;
  }

  /** Observations, of which FOLLOWEDBY binds least, then OR, then AND. */
  private readSequence(): StixReading {
    return this.joined("FOLLOWEDBY", () => this.readAny());
  }

  private readAny(): StixReading {
    const readings = [this.readAllOf()];
    while (this.takes("OR")) readings.push(this.readAllOf());
    return bounded(
      readings.flatMap(({ alternatives }) => alternatives),
      readings.flatMap(({ problems }) => problems),
    );
  }

  private readAllOf(): StixReading {
    return this.joined("AND", () => this.readObservation());
  }

  /** Observations that are made apart cannot be told of with one packet. */
  private joined(word: string, read: () => StixReading): StixReading {
    const first = read();
    let count = 1;
    while (this.takes(word)) {
      read();
      count++;
    }
    if (count === 1) return first;
    return { alternatives: [], problems: [`${word} joins ${count} observations`] };
  }

  private readObservation(): StixReading {
    let reading: StixReading;
    if (this.takes("[")) {
      const alternatives = this.readComparisons();
      this.expect("]");
      reading = bounded(alternatives, []);
    } else {
      this.expect("(");
      reading = this.nested(() => this.readSequence());
      this.expect(")");
    }
    return this.readQualifiers(reading);
  }

  private readQualifiers(reading: StixReading): StixReading {
    const problems: string[] = [];
    for (;;) {
      if (this.takes("REPEATS")) {
        const count = Number(this.next().text);
        this.expect("TIMES");
        // Once is what an alert needs anyway.
        if (count !== 1) problems.push(`REPEATS ${count} TIMES counts observations`);
      } else if (this.takes("WITHIN")) {
        this.next();
        this.expect("SECONDS");
        // What is made of one observation is within any time.
      } else if (this.takes("START")) {
        this.readConstant();
        this.expect("STOP");
        this.readConstant();
        problems.push("START and STOP give a time of observation");
      } else break;
    }
    if (problems.length === 0) return reading;
    return { alternatives: [], problems: [...reading.problems, ...problems] };
  }

  /** Comparisons of one observation: OR of AND. */
  private readComparisons(): readonly StixAlternative[] {
    const alternatives = [...this.readTogether()];
    while (this.takes("OR")) alternatives.push(...this.readTogether());
    return alternatives;
  }

  private readTogether(): readonly StixAlternative[] {
    let together = this.readComparison();
    while (this.takes("AND")) {
      const next = this.readComparison();
      if (together.length * next.length > ALTERNATIVES_MAX) return this.giveUp();
      together = together.flatMap((one) => next.map((other) => [...one, ...other]));
    }
    return together;
  }

  /** More alternatives than are read: one more than the most, which `bounded` refuses. */
  private giveUp(): readonly StixAlternative[] {
    while (this.takes("AND")) this.readComparison();
    return Array.from({ length: ALTERNATIVES_MAX + 1 }, () => []);
  }

  private readComparison(): readonly StixAlternative[] {
    if (this.takes("(")) {
      const found = this.nested(() => this.readComparisons());
      this.expect(")");
      return found;
    }
    const isNegatedBefore = this.takes("NOT");
    if (this.takes("EXISTS")) {
      return [[{ path: this.path(), operator: "EXISTS", isNegated: isNegatedBefore, values: [] }]];
    }
    const path = this.path();
    const isNegated = this.takes("NOT") !== isNegatedBefore;
    const { text: operator, kind } = this.next();
    if (kind !== "word" && kind !== "sign") throw new NoPattern();
    const values = this.readValues();
    // One value of a list is an alternative like any other.
    if (operator !== "IN" || isNegated) return [[{ path, operator, isNegated, values }]];
    return values.map((value) => [{ path, operator: "=", isNegated, values: [value] }]);
  }

  private readValues(): readonly string[] {
    if (!this.takes("(")) return [this.readConstant()];
    const values = [this.readConstant()];
    while (this.takes(",")) values.push(this.readConstant());
    this.expect(")");
    return values;
  }

  private readConstant(): string {
    const { kind, text } = this.next();
    if (kind === "sign" || kind === "path") throw new NoPattern();
    // t'…', h'…', b'…': a time, hex, base64.
    const isTyped = kind === "number" && /^[thb]$/.test(text);
    return isTyped && this.tokens[this.at]?.kind === "text" ? this.next().text : text;
  }

  private path(): string {
    const { kind, text } = this.next();
    if (kind !== "path") throw new NoPattern();
    return text;
  }

  private nested<Result>(read: () => Result): Result {
    if (++this.depth > DEPTH_MAX) throw new NoPattern();
    const result = read();
    this.depth--;
    return result;
  }

  private takes(text: string): boolean {
    const token = this.tokens[this.at];
    if (token === undefined || token.kind === "text" || token.text !== text) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.takes(text)) throw new NoPattern();
  }

  private next(): StixToken {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new NoPattern();
    return token;
  }
}

function bounded(
  alternatives: readonly StixAlternative[],
  problems: readonly string[],
): StixReading {
  if (alternatives.length <= ALTERNATIVES_MAX) return { alternatives, problems };
  return { alternatives: [], problems: [`it has more than ${ALTERNATIVES_MAX} alternatives`] };
}
