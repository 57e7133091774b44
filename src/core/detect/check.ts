/**
 * A compiled condition on the packet, flow or engine state (not on bytes of a buffer): a function over data of
 * its own. One class for all kinds: generated code was slower and a class per kind fell tenfold at 200 rules.
 *
 * @hotpath
 */
import type { DetectionContext } from "./detection-context.ts";

export type CheckFunction<Data> = (context: DetectionContext, data: Data) => boolean;

export class Check {
  readonly keyword: string;
  readonly run: CheckFunction<unknown>;
  readonly data: unknown;
  /** The rule may still be inspected once per flow and direction, by addresses alone (an IP-only rule). */
  readonly ipOnly: boolean;

  private constructor(
    keyword: string,
    run: CheckFunction<unknown>,
    data: unknown,
    ipOnly: boolean,
  ) {
    this.keyword = keyword;
    this.run = run;
    this.data = data;
    this.ipOnly = ipOnly;
  }

  /** Seals the data's type inside, so that checks of every kind fit one list. */
  static of<Data>(
    keyword: string,
    data: Data,
    run: CheckFunction<Data>,
    options: { readonly ipOnly?: boolean } = {},
  ): Check {
    // The only caller of `run` passes the `data` stored beside it.
    return new Check(keyword, run as CheckFunction<unknown>, data, options.ipOnly ?? false);
  }
}
