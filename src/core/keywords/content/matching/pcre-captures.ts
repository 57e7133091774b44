/**
 * What the groups of a pcre captured, kept until the whole rule has matched: only then it becomes a variable of
 * the flow or of the packet. Each attempt of the pcre forgets what the one before captured.
 *
 * @hotpath
 */
import type { DetectionContext } from "../../../detect/detection-context.ts";
import type { PostMatch } from "../../../detect/rule-state.ts";
import type { Flow } from "../../../flow/flow.ts";

export interface CaptureTarget {
  readonly group: number;
  readonly scope: "flow" | "packet" | "alert";
  /** The variable's number; 0 for the alert's own. */
  readonly name: number;
  /** Its name, for the alert's own. */
  readonly label: string;
}

export class PcreCaptures implements PostMatch {
  readonly keyword = "pcre";
  private readonly targets: readonly CaptureTarget[];
  private readonly values: (Uint8Array | null)[];
  private isFilled = false;
  private flow: Flow | null = null;

  constructor(targets: readonly CaptureTarget[]) {
    this.targets = targets;
    this.values = targets.map(() => null);
  }

  clear(): void {
    this.isFilled = false;
  }

  /** Copies the groups out of the buffer, each at most as long as a variable may be. */
  keep(context: DetectionContext, bytes: Uint8Array, groups: Int32Array): void {
    const { variableBytesMax } = context.state.limits;
    for (let index = 0; index < this.targets.length; index++) {
      const { group } = this.targets[index]!;
      const start = groups[group * 2] ?? -1;
      const end = Math.min(groups[group * 2 + 1] ?? -1, start + variableBytesMax);
      this.values[index] = start < 0 ? null : bytes.slice(start, end);
    }
    this.flow = context.flow;
    this.isFilled = true;
  }

  run(context: DetectionContext): void {
    const { flow, state } = context;
    if (!this.isFilled || this.flow !== flow) return;
    this.isFilled = false;
    for (let index = 0; index < this.targets.length; index++) {
      const value = this.values[index] ?? null;
      if (value === null) continue;
      const { scope, name, label } = this.targets[index]!;
      if (scope === "alert") state.alertVariables.push({ label, value });
      else if (scope === "packet") state.addPacketVariable(name, value, 0, value.length);
      else if (flow !== null) state.setFlowVariable(flow, name, value, 0, value.length);
    }
  }
}
