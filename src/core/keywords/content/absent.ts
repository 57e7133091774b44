/** absent: the selected buffer does not exist, or with `or_else` it may also meet what follows. */
import type { BufferInspection, Chain, ChainStep } from "../../detect/chain.ts";
import type { ContentItem } from "../../detect/content-item.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { BufferDraft } from "../../detect/rule-draft.ts";
import { RuleError } from "../../rule/diagnostic.ts";

type Mode = "only" | "orElse";

export const absent = defineKeyword<Mode>({
  name: "absent",
  family: "content",
  summary: "Matches where the selected buffer does not exist.",
  syntax: "absent[:or_else]",
  since: "8.0.0",
  argument: "optional",
  examples: [
    { options: "tcp.hdr; absent;", meaning: "the packet has no TCP header" },
    {
      options: 'udp.hdr; absent:or_else; content:!"|00 35|";',
      meaning: "no UDP header, or one without these bytes",
    },
  ],
  parse(option) {
    if (!option.hasValue) return "only";
    option.oneOf(option.whole, ["or_else"]);
    return "orElse";
  },
  compile(mode, draft) {
    if (!draft.hasSelection) {
      throw new RuleError("buffer-needed", '"absent" needs a sticky buffer before it');
    }
    if (draft.currentBuffer.items.length > 0) {
      throw new RuleError("absent-not-first", '"absent" must come right after its buffer');
    }
    draft.addItem({ keyword: "absent", relative: false, build: () => new AbsentStep(mode) });
    const buffer = draft.currentBuffer;
    buffer.absent = mode;
    draft.onFinish(() => requireConsistent(buffer, mode));
  },
});

function requireConsistent(buffer: BufferDraft, mode: Mode): void {
  const { name } = buffer.declaration;
  const others = buffer.items.filter(({ keyword }) => keyword !== "absent");
  if (mode === "only" && others.length > 0) {
    throw new RuleError("absent-with-content", `"${name}" cannot be absent and have contents`, {
      hint: 'write "absent:or_else"',
    });
  }
  if (mode === "orElse" && others.length === 0) {
    throw new RuleError("absent-alone", `"absent:or_else" of "${name}" needs something else`, {
      hint: 'write "absent"',
    });
  }
  for (const item of others) {
    // Only ContentItem has this keyword.
    if (item.keyword === "content" && (item as ContentItem).fastPattern !== null) {
      throw new RuleError(
        "fast-pattern-conflict",
        `a buffer that may be absent ("${name}") cannot have the fast pattern`,
      );
    }
  }
}

/** Runs on buffers that exist: `only` fails there. Where there is none the rule asks BufferDraft.absent. */
class AbsentStep implements ChainStep {
  readonly keyword = "absent";
  readonly relative = false;
  private readonly mode: Mode;

  constructor(mode: Mode) {
    this.mode = mode;
  }

  run(inspection: BufferInspection, chain: Chain, index: number): boolean {
    return this.mode === "orElse" && chain.match(inspection, index + 1);
  }
}
