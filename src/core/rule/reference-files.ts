/**
 * classification.config and reference.config: names of classes with their priorities, names of reference
 * systems with the start of their addresses. A line that is neither an entry, a comment nor blank is an
 * error, as in Suricata. threshold.config is in threshold-file.ts.
 */
import type { Diagnostic } from "./diagnostic.ts";
import { type RuleSource, splitListFile } from "./rule-source.ts";

export interface Classification {
  /** Lower case. */
  readonly name: string;
  readonly description: string;
  /** 1 is the most urgent. */
  readonly priority: number;
}

export interface ReferenceSystem {
  /** Lower case. */
  readonly name: string;
  readonly url: string;
}

const CLASSIFICATION =
  /^\s*config\s*classification\s*:\s*([a-zA-Z][a-zA-Z0-9_-]*)\s*,(.*),\s*(\d{1,9})\s*$/;
const REFERENCE = /^\s*config\s*reference\s*:\s*([a-zA-Z][a-zA-Z0-9_-]*)\s+(\S.*?)\s*$/;

/** Entries by name; of two with one name the first stays and the second is warned about. */
export function parseClassifications(
  file: string,
  text: string,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): ReadonlyMap<string, Classification> {
  const found = new Map<string, Classification>();
  splitListFile(file, text, false, (source) => {
    const [, word, description = "", priority] = CLASSIFICATION.exec(source.text) ?? [];
    if (word === undefined || description.trim() === "") {
      onDiagnostic(badLine(source, "config classification: name,description,priority"));
      return;
    }
    const name = word.toLowerCase();
    if (found.has(name)) onDiagnostic(duplicate(source, "classification", word));
    else found.set(name, { name, description: description.trim(), priority: Number(priority) });
  });
  return found;
}

/** Entries by name; of two with one name the first stays and the second is warned about. */
export function parseReferenceSystems(
  file: string,
  text: string,
  onDiagnostic: (diagnostic: Diagnostic) => void,
): ReadonlyMap<string, ReferenceSystem> {
  const found = new Map<string, ReferenceSystem>();
  splitListFile(file, text, false, (source) => {
    const [, word, url] = REFERENCE.exec(source.text) ?? [];
    if (word === undefined || url === undefined) {
      onDiagnostic(badLine(source, "config reference: name url"));
      return;
    }
    const name = word.toLowerCase();
    if (found.has(name)) onDiagnostic(duplicate(source, "reference", word));
    else found.set(name, { name, url });
  });
  return found;
}

function badLine(source: RuleSource, form: string): Diagnostic {
  const offset = source.text.search(/\S/);
  return source.diagnostic({
    code: "bad-line",
    message: "cannot read this line",
    offset,
    length: source.text.trim().length,
    hint: `expected "${form}"`,
  });
}

function duplicate(source: RuleSource, what: string, name: string): Diagnostic {
  return source.diagnostic({
    code: `duplicate-${what}`,
    severity: "warning",
    message: `${what} "${name}" is declared before; this line is left out`,
    offset: source.text.indexOf(name, source.text.indexOf(":")),
    length: name.length,
  });
}
