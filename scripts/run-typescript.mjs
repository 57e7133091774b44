// Runs a TypeScript entry file of bench/ or test/ that is not part of the product.
// Usage: node scripts/run-typescript.mjs FILE [words...]
import { pathToFileURL } from "node:url";
import { bundleTypeScript } from "./bundle-typescript.mjs";

const [entry, ...words] = process.argv.slice(2);
if (entry === undefined) {
  console.error("usage: node scripts/run-typescript.mjs FILE [words...]");
  process.exit(2);
}
// A signal ends the process by way of `exit`, which removes the bundle.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
]) {
  process.once(signal, () => process.exit(code));
}
const output = await bundleTypeScript(entry);
process.argv = [process.argv[0], output, ...words];
await import(pathToFileURL(output).href);
