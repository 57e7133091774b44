/**
 * The shape of transforms: keywords after a sticky buffer that turn its bytes into others before the contents
 * look. One class for all of them, so that the place that applies them sees one shape.
 */
import type { Transform } from "../../detect/buffer.ts";
import type { ByteRange } from "../../detect/byte-range.ts";
import { defineKeyword, type Example, type Keyword } from "../../detect/keyword.ts";
import type { OptionText } from "../../rule/option-text.ts";

/**
 * Writes at output.start, below `limit`, and sets output.end; or points output at a part of the input. False
 * when it fails: the buffer then counts as absent.
 */
export type TransformFunction<Argument> = (
  input: ByteRange,
  output: ByteRange,
  limit: number,
  argument: Argument,
) => boolean;

/** False where a content of these bytes could never occur in a result. */
export type AcceptFunction = (pattern: Uint8Array, nocase: boolean) => boolean;

export interface TransformKeywordSpec<Argument> {
  readonly name: string;
  readonly summary: string;
  readonly since?: string;
  /** Without, the keyword takes no value. */
  readonly value?: {
    readonly syntax: string;
    readonly argument: "required" | "optional";
    /** Throws RuleError. */
    readonly parse: (option: OptionText) => Argument;
    /** Unique for the argument: buffers with equal transforms are shared between rules. */
    readonly key: (argument: Argument) => string;
  };
  /** Without a value: what `apply` is given, made once a use. */
  readonly argument?: () => Argument;
  readonly examples: readonly Example[];
  readonly apply: TransformFunction<Argument>;
  readonly accepts?: AcceptFunction;
}

export function transformKeyword(spec: TransformKeywordSpec<void>): Keyword {
  return argumentTransformKeyword<void>(spec);
}

export function argumentTransformKeyword<Argument>(spec: TransformKeywordSpec<Argument>): Keyword {
  const { name, value, apply } = spec;
  return defineKeyword<Argument>({
    name,
    family: "transform",
    summary: spec.summary,
    syntax: value?.syntax ?? name,
    since: spec.since ?? "<=7.0",
    argument: value?.argument ?? "none",
    examples: spec.examples,
    parse(option) {
      if (value !== undefined) return value.parse(option);
      option.requireNone();
      return spec.argument?.() as Argument; // without `argument` it is void
    },
    compile(argument, draft) {
      const key = value === undefined ? name : `${name}:${value.key(argument)}`;
      draft.addTransform(new BufferTransform(key, name, argument, apply, spec.accepts));
    },
  });
}

class BufferTransform<Argument> implements Transform {
  readonly key: string;
  readonly keyword: string;
  readonly accepts?: AcceptFunction;
  private readonly argument: Argument;
  private readonly run: TransformFunction<Argument>;

  constructor(
    key: string,
    keyword: string,
    argument: Argument,
    run: TransformFunction<Argument>,
    accepts: AcceptFunction | undefined,
  ) {
    this.key = key;
    this.keyword = keyword;
    this.argument = argument;
    this.run = run;
    if (accepts !== undefined) this.accepts = accepts;
  }

  apply(input: ByteRange, output: ByteRange, limit: number): boolean {
    return this.run(input, output, limit, this.argument);
  }
}
