/**
 * Splits the text of a rule file into logical rules and maps places in them back to lines and columns.
 * As Suricata reads it: a line whose last character beside white space is a backslash goes on in the next
 * line (the backslash and what follows it vanish, the next line's indentation stays), `#` and `;` at the
 * start of a line open a comment, and a line that starts with a space is left out, which is worth a warning.
 */
import type { Diagnostic, Severity, Span } from "./diagnostic.ts";

interface Segment {
  /** Where the line's text starts in the rule's text. */
  readonly offset: number;
  readonly line: number;
  readonly source: string;
}

/** What a problem says beside its place. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  readonly hint?: string | undefined;
  readonly severity?: Severity;
}

const SID = /[;(\s]sid\s*:\s*(\d{1,10})\s*;/;

/** One logical rule: its text with continuation lines joined, and where each part of it stands. */
export class RuleSource {
  readonly file: string;
  readonly text: string;
  private readonly segments: readonly Segment[];

  constructor(file: string, text: string, segments: readonly Segment[]) {
    this.file = file;
    this.text = text;
    this.segments = segments;
  }

  /** Span of `length` characters at `offset`; cut at the end of the line that it starts in. */
  span(offset: number, length: number): Span {
    const segment = this.segmentAt(offset);
    const column = 1 + offset - segment.offset;
    if (this.segments.length === 1) return { file: this.file, line: segment.line, column, length };
    const next = this.segments[this.segments.indexOf(segment) + 1];
    const room = next === undefined ? length : next.offset - offset;
    return { file: this.file, line: segment.line, column, length: Math.min(length, room) };
  }

  diagnostic(problem: Problem): Diagnostic {
    const sid = SID.exec(this.text)?.[1];
    return {
      code: problem.code,
      severity: problem.severity ?? "error",
      span: this.span(problem.offset, problem.length),
      message: problem.message,
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      source: this.segmentAt(problem.offset).source,
      ...(sid === undefined ? {} : { sid: Number(sid) }),
    };
  }

  /** The line that a span of this rule points into; for diagnostics made later, by the rule compiler. */
  lineText(line: number): string | undefined {
    return this.segments.find((segment) => segment.line === line)?.source;
  }

  private segmentAt(offset: number): Segment {
    let index = this.segments.length - 1;
    while (index > 0 && this.segments[index]!.offset > offset) index--;
    return this.segments[index]!;
  }
}

/** How many lines and comments `splitRules` met. */
export interface LineCounts {
  readonly lineCount: number;
  readonly commentCount: number;
}

const UTF8_MARK = "\u00ef\u00bb\u00bf";
const BLANK = /^\s*$/;
const CONTINUED = /\\\s*$/;

/** Calls `onRule` for every logical rule of `text` (latin-1), `onDiagnostic` for lines that are left out. */
export function splitRules(
  file: string,
  text: string,
  onRule: (source: RuleSource) => void,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): LineCounts {
  const rules = rulesOf(file, text, onDiagnostic);
  for (;;) {
    const { done, value } = rules.next();
    if (done === true) return value;
    onRule(value);
  }
}

/** The same one by one. */
export function* rulesOf(
  file: string,
  text: string,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): Generator<RuleSource, LineCounts> {
  const lines = new LineReader(text);
  let commentCount = 0;
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (BLANK.test(line)) continue;
    if (line.startsWith("#") || line.startsWith(";")) commentCount++;
    else if (line.startsWith(" ")) {
      if (/^ +[#;]/.test(line)) commentCount++;
      else onDiagnostic(indentedLine(new RuleSource(file, line, [segment(0, lines, line)])));
    } else yield joinLines(file, line, lines);
  }
  return { lineCount: lines.line, commentCount };
}

/**
 * Calls `onLine` for every line of a list file that is neither blank nor a comment; with `isContinued` a
 * trailing backslash joins lines.
 */
export function splitListFile(
  file: string,
  text: string,
  isContinued: boolean,
  onLine: (source: RuleSource) => void,
): void {
  const lines = new LineReader(text);
  for (let line = lines.next(); line !== null; line = lines.next()) {
    if (BLANK.test(line) || /^\s*#/.test(line)) continue;
    onLine(
      isContinued
        ? joinLines(file, line, lines)
        : new RuleSource(file, line, [segment(0, lines, line)]),
    );
  }
}

class LineReader {
  line = 0;
  private readonly text: string;
  private position: number;

  constructor(text: string) {
    this.text = text;
    this.position = text.startsWith(UTF8_MARK)
      ? UTF8_MARK.length
      : text.startsWith("\ufeff")
        ? 1
        : 0;
  }

  /** The next line without its end, or null. */
  next(): string | null {
    if (this.position >= this.text.length) return null;
    const found = this.text.indexOf("\n", this.position);
    const end = found < 0 ? this.text.length : found;
    const isCrLf = end > this.position && this.text.charCodeAt(end - 1) === 13;
    const line = this.text.slice(this.position, isCrLf ? end - 1 : end);
    this.position = end + 1;
    this.line++;
    return line;
  }
}

function segment(offset: number, lines: LineReader, source: string): Segment {
  return { offset, line: lines.line, source };
}

function joinLines(file: string, first: string, lines: LineReader): RuleSource {
  const segments: Segment[] = [];
  const parts: string[] = [];
  let offset = 0;
  let line: string | null = first;
  while (line !== null) {
    segments.push(segment(offset, lines, line));
    const isContinued = CONTINUED.test(line);
    const part = isContinued ? line.slice(0, line.lastIndexOf("\\")) : line;
    parts.push(part);
    offset += part.length;
    line = isContinued ? lines.next() : null;
  }
  return new RuleSource(file, parts.join(""), segments);
}

function indentedLine(source: RuleSource): Diagnostic {
  return source.diagnostic({
    code: "indented-line",
    severity: "warning",
    message: "line starts with a space and is left out",
    offset: 0,
    length: 1,
    hint: "remove the space, or end the line before with a backslash",
  });
}
