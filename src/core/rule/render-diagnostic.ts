/**
 * Diagnostics as text for people and as JSON for editors. The text form has the place, the source line with a
 * caret, and the hint beside it. Rule text is latin-1; here it becomes readable text (UTF-8 where it is that).
 */
import { latin1ToBytes } from "../bytes/latin1.ts";
import { utf8ToText } from "../bytes/utf8.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";

export interface RenderOptions {
  /** ANSI colour codes for a terminal; none by default. */
  readonly colour?: "ansi";
  /** Columns of the source line that are shown; longer lines are cut around the caret. */
  readonly widthMax?: number;
}

const WIDTH_MAX = 120;

/** The message with its source line and caret, without a line end after it. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { span, severity, code } = diagnostic;
  const paint = options.colour === "ansi" ? ansi : plain;
  const place = paint("bold", `${span.file}:${span.line}:${span.column}:`);
  const label = paint(severity, `${severity}[${code}]:`);
  const head = `${place} ${label} ${toText(diagnostic.message)}`;
  if (diagnostic.source === undefined) {
    return diagnostic.hint === undefined ? head : `${head}\n      | ${toText(diagnostic.hint)}`;
  }
  const { line, before, length } = cutSource(
    diagnostic.source,
    span.column - 1,
    span.length,
    options.widthMax ?? WIDTH_MAX,
  );
  const caret = paint(severity, "^".repeat(length));
  const hint = diagnostic.hint === undefined ? "" : ` ${toText(diagnostic.hint)}`;
  const number = String(span.line).padStart(5);
  return `${head}\n${number} | ${line}\n      | ${" ".repeat(before)}${caret}${hint}`;
}

/** The diagnostic as a plain object for JSON, its texts readable. */
export function diagnosticToJson(diagnostic: Diagnostic): Readonly<Record<string, unknown>> {
  const { code, severity, span, message, hint, source, sid, keyword, related } = diagnostic;
  return {
    file: span.file,
    line: span.line,
    column: span.column,
    length: span.length,
    severity,
    code,
    message: toText(message),
    ...(hint === undefined ? {} : { hint: toText(hint) }),
    ...(sid === undefined ? {} : { sid }),
    ...(keyword === undefined ? {} : { keyword }),
    ...(related === undefined ? {} : { related }),
    ...(source === undefined ? {} : { source: toText(source) }),
  };
}

interface CutSource {
  readonly line: string;
  /** Characters before the caret. */
  readonly before: number;
  readonly length: number;
}

function cutSource(source: string, start: number, length: number, widthMax: number): CutSource {
  const before = [...toLine(source.slice(0, start))];
  const marked = [...toLine(source.slice(start, start + length))];
  const after = [...toLine(source.slice(start + length))];
  const caretLength = Math.max(1, Math.min(marked.length, widthMax));
  const whole = [...before, ...marked, ...after];
  if (whole.length <= widthMax)
    return { line: whole.join(""), before: before.length, length: caretLength };
  const room = Math.max(0, Math.floor((widthMax - caretLength) / 2));
  const from = Math.max(0, Math.min(before.length - room, whole.length - widthMax));
  const shown = whole.slice(from, from + widthMax).join("");
  const head = from > 0 ? "..." : "";
  const tail = from + widthMax < whole.length ? "..." : "";
  return {
    line: `${head}${shown}${tail}`,
    before: head.length + before.length - from,
    length: caretLength,
  };
}

/** One line of one column a character: tabs and control characters become spaces and dots. */
function toLine(latin1: string): string {
  return toText(latin1)
    .replaceAll("\t", " ")
    .replace(/\p{Cc}/gu, ".");
}

/** Latin-1 text as UTF-8 where it is well-formed, else as it is. */
function toText(text: string): string {
  if (/^\p{ASCII}*$/u.test(text) || !isLatin1(text)) return text;
  return utf8ToText(latin1ToBytes(text), 0, text.length) ?? text;
}

function isLatin1(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0xff) return false;
  return true;
}

const COLOURS: Readonly<Record<Severity | "bold", string>> = {
  bold: "1",
  error: "1;31",
  unsupported: "1;35",
  warning: "1;33",
};

function ansi(colour: Severity | "bold", text: string): string {
  return `\u001b[${COLOURS[colour]}m${text}\u001b[0m`;
}

function plain(_colour: Severity | "bold", text: string): string {
  return text;
}
