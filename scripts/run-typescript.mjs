// Runs a TypeScript entry file of bench/ or test/ that is not part of the product: bundles it (Node 20 cannot run
// TypeScript) into dist/scripts and imports the result. Usage: node scripts/run-typescript.mjs FILE [words...]
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const [entry, ...words] = process.argv.slice(2);
if (entry === undefined) {
  console.error("usage: node scripts/run-typescript.mjs FILE [words...]");
  process.exit(2);
}
const name = entry.replace(/[^a-z0-9]+/gi, "-");
const output = path.join(top, "dist/scripts", `${name}.mjs`);
const bundle = await rolldown({
  input: path.resolve(entry),
  platform: "node",
  external: [/^node:/, /^[a-z@]/],
  logLevel: "warn",
});
await bundle.write({ file: output, format: "esm", sourcemap: "inline" });
await bundle.close();
process.argv = [process.argv[0], output, ...words];
await import(pathToFileURL(output).href);
