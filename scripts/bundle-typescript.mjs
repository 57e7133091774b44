// Bundles a TypeScript file of bench/ or test/ that is not part of the product (Node 20 cannot run TypeScript) into
// dist/scripts, under a name of its own: runs beside each other do not meet. The file goes when the process ends.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
let bundles = 0;

/** Returns the path of the bundle. */
export async function bundleTypeScript(entry) {
  const relative = path.relative(top, path.resolve(entry));
  const name = relative.replace(/[^a-z0-9]+/gi, "-");
  const file = path.join(top, "dist/scripts", `${name}.${process.pid}.${++bundles}.mjs`);
  const bundle = await rolldown({
    input: path.resolve(entry),
    platform: "node",
    external: [/^node:/, /^[a-z@]/],
    logLevel: "warn",
  });
  process.once("exit", () => fs.rmSync(file, { force: true }));
  await bundle.write({ file, format: "esm", sourcemap: "inline" });
  await bundle.close();
  return file;
}
