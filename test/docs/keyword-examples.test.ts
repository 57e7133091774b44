/** The worked example of each keyword in docs/examples gives the alerts that its page shows, and gives some. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { keywords } from "../../src/core/keywords/index.ts";
import { alertsOf, readExample } from "./keyword-example.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");
const folder = path.join(docs, "examples");
const stateKeywords = [
  "datarep",
  "dataset",
  "detection_filter",
  "flowbits",
  "flowint",
  "hostbits",
  "iprep",
  "threshold",
  "xbits",
];
const anomalyKeywords = keywords.filter(({ family }) => family === "anomaly");

describe("the worked example of", () => {
  it.each(stateKeywords)("%s", (name) => {
    const file = path.join(folder, `${name}.md`);
    const page = fs.readFileSync(file, "utf8");
    const example = readExample(page);
    expect(example.rules).toContain(`${name}:`);
    const alerts = alertsOf(example);
    expect(alerts).not.toBe("");
    if (process.env["UPDATE_GOLDEN"] === "1") {
      const block = `\`\`\`alerts\n${example.alerts}\`\`\``;
      fs.writeFileSync(
        file,
        page.replace(block, () => `\`\`\`alerts\n${alerts}\`\`\``),
      );
      return;
    }
    expect(alerts).toBe(example.alerts);
  });

  it("is there for each of these keywords and of those of the family anomaly", () => {
    const examples = fs.readdirSync(folder).filter((name) => name !== "README.md");
    expect(examples.sort()).toEqual(stateKeywords.map((name) => `${name}.md`));
    const pages = fs.readdirSync(path.join(docs, "reference/keywords")).sort();
    const all = [...stateKeywords, ...anomalyKeywords.map(({ name }) => name)];
    expect(pages).toEqual(all.map((name) => `${name}.md`).sort());
  });

  it.each(anomalyKeywords.map(({ name }) => name))(
    "%s has a manual page that shows its syntax",
    (name) => {
      const page = fs.readFileSync(path.join(docs, `anomaly/${name}.md`), "utf8");
      expect(page).toContain(`${name}:`);
      expect(page).toContain("## Worked example");
    },
  );
});
