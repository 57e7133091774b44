/** Events or packets that could not be written. */
import { defineHealthCheck } from "../health-check.ts";

export const lostOutput = defineHealthCheck({
  name: "lost-output",
  summary: "Events or recorded packets were lost on their way out.",
  cause: "the disk is full or failing, or the program that reads the events is gone or too slow",
  remedy: "free the disk or lower --budget; start the reader again; write events to a file",
  find(growth) {
    const packets = growth.of("record.failed_packets");
    const lines = growth.of("output.lost_lines");
    if (packets + lines === 0) return null;
    const message = `${lines} events and ${packets} packets were not written`;
    return { severity: "error", value: packets + lines, message };
  },
});
