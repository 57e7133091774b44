// Builds src/native into dist/native/shrike.node with the machine's C++ compiler and Node's own headers.
// `--optional`: says in one line why there is no addon and leaves with 0. Nothing is fetched.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(top, "src/native");
const target = path.join(top, "dist/native/shrike.node");
const isOptional = process.argv.includes("--optional");

function findHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  const given = process.env.npm_config_nodedir ?? "";
  const places = [
    path.join(given, "include/node"),
    path.join(prefix, "include/node"),
    "/usr/include/node",
    "/usr/include/nodejs/src",
    "/usr/local/include/node",
  ];
  return places.find((place) => fs.existsSync(path.join(place, "node_api.h"))) ?? null;
}

function findCompiler() {
  const names = [process.env.CXX, "c++", "g++", "clang++"].filter((name) => name);
  return names.find((name) => spawnSync(name, ["--version"]).status === 0) ?? null;
}

/** Flags for Hyperscan or Vectorscan; none where the headers are not. */
function hyperscanFlags() {
  const places = ["/usr/include/hs/hs.h", "/usr/local/include/hs/hs.h"];
  const header = places.find((place) => fs.existsSync(place));
  if (header === undefined) return [];
  return ["-DSHRIKE_HYPERSCAN", `-I${path.dirname(header)}`, "-lhs"];
}

function isFresh(files) {
  if (!fs.existsSync(target)) return false;
  const built = fs.statSync(target).mtimeMs;
  return [...files, fileURLToPath(import.meta.url)].every(
    (one) => fs.statSync(one).mtimeMs < built,
  );
}

function build() {
  if (process.platform !== "linux") return "the native addon is for Linux only";
  const headers = findHeaders();
  if (headers === null) return "the headers of Node are not here: apt-get install libnode-dev";
  const compiler = findCompiler();
  if (compiler === null) return "there is no C++ compiler: apt-get install g++";
  const names = fs.readdirSync(sources).filter((name) => /\.(cc|h)$/.test(name));
  const files = names.map((name) => path.join(sources, name));
  // Asked for by hand, it is built anew: libraries may have come since.
  if (isOptional && isFresh(files)) return null;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const hyperscan = hyperscanFlags();
  const units = files.filter(
    (file) => file.endsWith(".cc") && (hyperscan.length > 0 || !/hyperscan/.test(file)),
  );
  // Built beside and moved into place: a running process keeps the file that it loaded.
  const fresh = `${target}.${process.pid}`;
  const flags = ["-std=c++17", "-O2", "-fPIC", "-shared", "-pthread", "-Wall", "-Wextra"];
  try {
    execFileSync(
      compiler,
      [...flags, `-I${headers}`, "-o", fresh, ...units, ...hyperscan, "-ldl"],
      { stdio: ["ignore", "inherit", "pipe"] },
    );
  } catch (error) {
    const text = String(error.stderr ?? error.message);
    if (!isOptional) process.stderr.write(text);
    return `the native addon does not compile: ${text.split("\n").find((line) => /error/.test(line)) ?? ""}`;
  }
  fs.renameSync(fresh, target);
  const extra = hyperscan.length > 0 ? " with Hyperscan" : "";
  console.error(`built ${path.relative(top, target)}${extra}`);
  return null;
}

const problem = build();
if (problem !== null) {
  const way = "npm run build:native builds it later";
  console.error(isOptional ? `no native addon (${problem}); ${way}` : problem);
  if (!isOptional) process.exitCode = 1;
}
