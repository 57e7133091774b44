/** Packet times that jump. */
import { defineHealthCheck } from "../health-check.ts";

export const clockSteps = defineHealthCheck({
  name: "clock-steps",
  summary: "Packet times go back, or jump ahead of the time that passed.",
  cause: "the clock was set by hand or by a time service that steps, or the machine slept",
  remedy:
    "let the clock be slewed (chrony: makestep only at start); look for a second time service",
  find(growth) {
    const steps = growth.of("health.clock_steps");
    if (steps === 0) return null;
    const seconds = growth.of("health.clock_step_seconds");
    const message = `the clock stepped ${steps} times, ${seconds} seconds in all`;
    return { severity: "warning", value: seconds, message };
  },
});
