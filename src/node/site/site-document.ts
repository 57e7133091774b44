/**
 * A YAML text as parts that know where they stand, so that every problem becomes a diagnostic with line, column and
 * source line. All scalars are texts (YAML's failsafe schema): dates and ports mean what the reader says.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Diagnostic, Span } from "../../core/rule/diagnostic.ts";
import type { DiagnosticCode } from "../../core/rule/diagnostic-codes.ts";
import { didYouMean } from "../../core/rule/suggest.ts";

export interface PartPlace {
  /** Characters into a text. */
  readonly offset?: number;
  readonly length?: number;
  readonly hint?: string | undefined;
}

export class SiteDocument {
  readonly diagnostics: Diagnostic[] = [];
  readonly root: SitePart | null;
  private readonly file: string;
  private readonly lines: readonly string[];
  private readonly counter = new LineCounter();

  /** @param text UTF-8 text of the file. */
  constructor(file: string, text: string) {
    this.file = file;
    this.lines = text.split(/\r?\n/);
    const document = parseDocument(text, {
      schema: "failsafe",
      lineCounter: this.counter,
      logLevel: "error",
      uniqueKeys: false,
      prettyErrors: false,
    });
    for (const { message, pos } of document.errors) {
      this.report("site-syntax", message.split("\n")[0] ?? message, this.spanAt(pos[0], 1));
    }
    const { contents, errors } = document;
    const isReadable = errors.length === 0 && contents !== null;
    this.root = isReadable ? new SitePart(this, contents, "the file") : null;
  }

  spanAt(position: number, length: number): Span {
    const { line, col } = this.counter.linePos(position);
    return { file: this.file, line, column: col, length: Math.max(1, length) };
  }

  report(code: DiagnosticCode, message: string, span: Span, hint?: string): void {
    const source = this.lines[span.line - 1] ?? "";
    const room = Math.max(1, source.length - span.column + 1);
    this.diagnostics.push({
      code,
      severity: "error",
      span: { ...span, length: Math.min(span.length, room) },
      message,
      source,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

export class SitePart {
  /** For messages: the key, or `item of KEY`. */
  readonly name: string;
  private readonly document: SiteDocument;
  private readonly node: Node;

  constructor(document: SiteDocument, node: Node, name: string) {
    this.document = document;
    this.node = node;
    this.name = name;
  }

  /** Notes a problem with this part. */
  fail(code: DiagnosticCode, message: string, place: PartPlace = {}): null {
    const [start = 0, end = start + 1] = this.node.range ?? [];
    // Inside quotes a text begins one character later.
    const quote = isScalar(this.node) && /^QUOTE/.test(this.node.type ?? "") ? 1 : 0;
    const from = place.offset === undefined ? start : start + quote + place.offset;
    const span = this.document.spanAt(from, place.length ?? end - start);
    this.document.report(code, message, span, place.hint);
    return null;
  }

  get isEmpty(): boolean {
    return isScalar(this.node) && String(this.node.value ?? "") === "";
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  /** The text of a single value; null, and a diagnostic, when it is none. */
  text(): string | null {
    if (!isScalar(this.node)) {
      return this.fail("bad-setting", `"${this.name}" must be a single value`);
    }
    const text = String(this.node.value ?? "").trim();
    if (text === "") return this.fail("missing-value", `"${this.name}" has no value`);
    return text;
  }

  /** The items of a list; a single value is a list of one, and commas in it separate. */
  items(): readonly SitePart[] {
    if (isSeq(this.node)) {
      return this.node.items.flatMap((item) => this.partOf(item, `item of ${this.name}`));
    }
    return [this];
  }

  /** The parts of a map by key. With `known` other keys and keys given twice are diagnostics. */
  entries(known?: readonly string[]): ReadonlyMap<string, SitePart> {
    const parts = new Map<string, SitePart>();
    if (!isMap(this.node)) {
      this.fail("bad-setting", `"${this.name}" must hold keys and values`);
      return parts;
    }
    for (const { key, value } of this.node.items) {
      const name = isScalar(key) ? String(key.value) : "";
      const keyPart = new SitePart(this.document, key as Node, name); // keys of a parsed map are nodes
      if (known !== undefined && !known.includes(name)) {
        const hint = didYouMean(name, known) ?? `known are ${known.join(", ")}`;
        keyPart.fail("unknown-setting", `unknown setting "${name}"`, { hint });
      } else if (parts.has(name)) {
        keyPart.fail("duplicate-setting", `"${name}" is given twice`);
      } else if (value === null) {
        keyPart.fail("missing-value", `"${name}" has no value`);
      } else {
        for (const part of this.partOf(value, name)) parts.set(name, part);
      }
    }
    return parts;
  }

  private partOf(node: unknown, name: string): SitePart[] {
    const { document } = this;
    if (isAlias(node)) {
      const span = document.spanAt(node.range?.[0] ?? 0, node.source.length + 1);
      document.report("site-syntax", `"*${node.source}": references are not used here`, span);
      return [];
    }
    return [new SitePart(document, node as Node, name)]; // what a parsed document holds are nodes
  }
}
