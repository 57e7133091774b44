/**
 * requires: loads the rule only where the engine has what it needs; elsewhere the rule is skipped without a
 * diagnostic. Applied before every other option of the rule, so that a skipped rule may hold keywords that
 * this version does not know.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { defaultEngineFeatures } from "../../detect/rule-builder.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

interface VersionBound {
  readonly operator: string;
  /** Major, minor, patch. */
  readonly version: readonly [number, number, number];
}

interface Requirements {
  readonly features: readonly string[];
  readonly keywords: readonly string[];
  /** One of the lists must hold, with all of its bounds; null where no version is asked for. */
  readonly versions: readonly (readonly VersionBound[])[] | null;
  readonly unknown: readonly string[];
}

export const requires = defineKeyword<Requirements>({
  name: "requires",
  family: "meta",
  summary: "Skips the rule where the engine lacks a version, feature or keyword that it needs.",
  syntax: "requires:[feature NAME|keyword NAME|version OP N[.N[.N]]... [| ...]][, ...]",
  since: "<=7.0",
  argument: "required",
  appliedFirst: true,
  examples: [
    { options: "requires:version >= 8.0.0;", meaning: "not for older versions" },
    { options: "requires:version >= 7.0.3 < 8 | >= 8.0.3;", meaning: "either branch" },
    { options: "requires:keyword tls.alpn;", meaning: "where the keyword is known" },
  ],
  parse: parseRequirements,
  compile(requirements, draft) {
    draft.skipReason ??= unmetRequirement(requirements, draft);
  },
});

function parseRequirements(option: OptionText): Requirements {
  option.required();
  const features: string[] = [];
  const keywords: string[] = [];
  const unknown: string[] = [];
  let versions: Requirements["versions"] = null;
  for (const piece of option.split(",")) {
    if (piece.text === "") continue;
    const name = /^[\w-]*/.exec(piece.text)?.[0] ?? "";
    const value = option.piece(piece.offset + name.length, piece.offset + piece.text.length);
    if (name === "feature") features.push(value.text);
    else if (name === "keyword") keywords.push(value.text);
    else if (name !== "version") unknown.push(piece.text);
    else if (versions === null) versions = parseVersions(option, value);
    else option.failAt(piece, "duplicate-value", '"version" may be asked for only once');
  }
  return { features, keywords, versions, unknown };
}

function parseVersions(option: OptionText, value: TextPiece): (readonly VersionBound[])[] {
  return option.splitPiece(value, "|").map((alternative) => {
    const bounds = [
      ...alternative.text.matchAll(
        /\s*(>=|<=|>|<)\s*(\d{1,3}(?:\.\d{1,3}){0,2})(?:-\S*)?(?=\s|$)/g,
      ),
    ];
    const length = bounds.reduce((sum, bound) => sum + bound[0].length, 0);
    if (bounds.length === 0 || length !== alternative.text.length) {
      option.failAt(
        alternative,
        "bad-version",
        `"${alternative.text}" is not a comparison with a version`,
        'write "version >= 8.0.0"',
      );
    }
    return bounds.map(([, operator = "", text = ""]) => {
      const [major = 0, minor = 0, patch = 0] = text.split(".").map(Number);
      return { operator, version: [major, minor, patch] };
    });
  });
}

function unmetRequirement(wanted: Requirements, draft: RuleDraft): string | null {
  const features = draft.builder.features ?? defaultEngineFeatures;
  const [unknown] = wanted.unknown;
  if (unknown !== undefined) return `unknown requirement "${unknown}"`;
  const { versions } = wanted;
  if (versions !== null && !versions.some((bounds) => holds(bounds, features.version))) {
    return `version ${features.version.join(".")} is not the one asked for`;
  }
  const feature = wanted.features.find((name) => !features.names.has(name));
  if (feature !== undefined) return `feature "${feature}" is missing`;
  const keyword = wanted.keywords.find((name) => !draft.keywordNames.has(name.toLowerCase()));
  return keyword === undefined ? null : `keyword "${keyword}" is missing`;
}

function holds(bounds: readonly VersionBound[], version: readonly number[]): boolean {
  return bounds.every((bound) => {
    const order = compareVersions(version, bound.version);
    switch (bound.operator) {
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
      case "<":
        return order < 0;
      default:
        return order <= 0;
    }
  });
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
