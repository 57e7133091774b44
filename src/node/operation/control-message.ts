/**
 * Messages of the control socket, both ways: one JSON object each, ended by a line end since version 0.2 of
 * Suricata's protocol; in version 0.1 an object ends where it is whole.
 */
import { ControlArguments, type Json } from "./control-command.ts";

/** Versions that are answered. */
const VERSIONS = ["0.1", "0.2"];

export type ControlMessage =
  | { readonly kind: "version"; readonly version: string }
  | { readonly kind: "command"; readonly name: string; readonly given: ControlArguments }
  | { readonly kind: "bad"; readonly reason: string };

/** What one text says; never throws. */
export function readControlMessage(text: string): ControlMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "bad", reason: "the message is no JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "bad", reason: "the message is no JSON object" };
  }
  const fields = value as Readonly<Record<string, unknown>>; // an object of JSON
  const { version, command } = fields;
  if (typeof version === "string") {
    return VERSIONS.includes(version)
      ? { kind: "version", version }
      : {
          kind: "bad",
          reason: `version "${version}" is not spoken here, but ${VERSIONS.join(", ")}`,
        };
  }
  if (typeof command !== "string") return { kind: "bad", reason: 'there is no "command"' };
  return { kind: "command", name: command, given: readArguments(fields["arguments"]) };
}

function readArguments(value: unknown): ControlArguments {
  const found = new Map<string, string>();
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, given] of Object.entries(value)) {
      found.set(name, typeof given === "string" ? given : JSON.stringify(given));
    }
  }
  return new ControlArguments(found);
}

export function okMessage(message?: Json): string {
  return JSON.stringify(message === undefined ? { return: "OK" } : { return: "OK", message });
}

export function failureMessage(message: string): string {
  return JSON.stringify({ return: "NOK", message });
}

/** Cuts a stream of text into messages: at line ends, and where a whole object stands without one. */
export class MessageCutter {
  private rest = "";
  private readonly limitCharacters: number;

  constructor(limitCharacters: number) {
    this.limitCharacters = limitCharacters;
  }

  /** The messages that are whole now; null when what is gathered is longer than the limit. */
  add(text: string): readonly string[] | null {
    this.rest += text;
    const lines = this.rest.split("\n");
    this.rest = lines.pop() ?? "";
    const messages = lines.map((line) => line.trim()).filter((line) => line !== "");
    if (isWholeObject(this.rest)) {
      messages.push(this.rest);
      this.rest = "";
    }
    return this.rest.length > this.limitCharacters ? null : messages;
  }
}

function isWholeObject(text: string): boolean {
  if (!text.trimEnd().endsWith("}")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
