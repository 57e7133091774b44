// Generates the sources that are derived from others, before TypeScript is compiled:
//   grammar/rule.ne       -> src/core/rule/grammar.generated.ts    (nearley, compiled)
//   src/wasm/kernels.ts   -> src/core/match/kernels.generated.ts   (AssemblyScript module as base64)
//   the dictionary of Node's Brotli -> src/core/bytes/brotli-dictionary.generated.ts  (as base64)
// They are written only when their content changes, so that incremental builds stay incremental.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readDictionary } from "./brotli-dictionary.mjs";

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (packageName, file) => path.join(top, "node_modules", packageName, file);

function writeIfChanged(file, text) {
  const target = path.join(top, file);
  if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === text) return;
  fs.writeFileSync(target, text);
}

function generateGrammar() {
  const source = path.join(top, "grammar/rule.ne");
  if (!fs.existsSync(source)) return;
  const text = execFileSync(process.execPath, [bin("nearley", "bin/nearleyc.js"), source], {
    encoding: "utf8",
  });
  writeIfChanged("src/core/rule/grammar.generated.ts", `// @ts-nocheck\n${text}`);
}

function generateKernels() {
  const source = path.join(top, "src/wasm/kernels.ts");
  if (!fs.existsSync(source)) return;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kernels-"));
  const output = path.join(folder, "kernels.wasm");
  const options = ["--outFile", output, "--optimizeLevel", "3", "--shrinkLevel", "0", "--noAssert"];
  const memory = ["--importMemory", "--runtime", "stub", "--enable", "simd"];
  execFileSync(
    process.execPath,
    [bin("assemblyscript", "bin/asc.js"), source, ...options, ...memory],
    {
      stdio: ["ignore", "inherit", "inherit"],
      cwd: top,
    },
  );
  const base64 = fs.readFileSync(output).toString("base64");
  fs.rmSync(folder, { recursive: true });
  const lines = base64.match(/.{1,96}/g).map((line) => `  "${line}",`);
  writeIfChanged(
    "src/core/match/kernels.generated.ts",
    `// Generated from src/wasm/kernels.ts by scripts/generate.mjs.\nexport const kernelsBase64 = [\n${lines.join("\n")}\n].join("");\n`,
  );
}

function generateBrotliDictionary() {
  const text = readDictionary().toString("base64");
  writeIfChanged(
    "src/core/bytes/brotli-dictionary.generated.ts",
    `// @ts-nocheck\nexport const brotliDictionaryBase64 = "${text}";\n`,
  );
}

generateBrotliDictionary();
generateGrammar();
generateKernels();
