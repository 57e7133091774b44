/**
 * reference: where to read more. The system is a name of reference.config; an unknown one is a warning of the
 * rule set, not of this option.
 */
import { defineKeyword } from "../../detect/keyword.ts";

interface Reference {
  readonly system: string;
  readonly id: string;
}

export const reference = defineKeyword<Reference>({
  name: "reference",
  family: "meta",
  summary: "Where to read about what the rule finds.",
  syntax: "reference:SYSTEM,ID",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: "reference:cve,2021-44228;", meaning: "an entry of the CVE list" },
    { options: "reference:url,example.org/advisory;", meaning: "a page" },
  ],
  parse(option) {
    option.required();
    const [system, id] = option.split(",", 2);
    if (system === undefined || !/^[a-z0-9][a-z0-9_-]*$/i.test(system.text)) {
      return option.fail("bad-reference", "a reference begins with the name of a system", {
        hint: 'write "reference:cve,2021-44228"',
      });
    }
    const text = id?.text.replace(/^"\s*|\s*"$/g, "") ?? "";
    if (text === "")
      option.failAt(system, "missing-value", `"${system.text}" needs an id after it`);
    return { system: system.text, id: text };
  },
  compile(value, draft) {
    draft.references.push(value);
  },
});
