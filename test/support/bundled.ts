/** A TypeScript module of test/ as one bundled file: work of minutes in it is not slowed by the test runner's modules. */
import path from "node:path";
import { pathToFileURL } from "node:url";

const top = path.resolve(import.meta.dirname, "../..");

/** @param entry path from the top of the project. Returns the path of the bundle, which goes with the process. */
export async function bundleFile(entry: string): Promise<string> {
  const bundler = pathToFileURL(path.join(top, "scripts/bundle-typescript.mjs")).href;
  // A script without types.
  const { bundleTypeScript } = (await import(bundler)) as {
    bundleTypeScript: (entry: string) => Promise<string>;
  };
  return await bundleTypeScript(path.join(top, entry));
}
