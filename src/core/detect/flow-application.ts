/** The application state of a flow, as detection reads it. */
import type { Flow } from "../flow/flow.ts";
import type { ApplicationState } from "../protocols/application-state.ts";

/** Null until the flow has carried data. Only the engine's application layer fills the slot. */
export function applicationOf(flow: Flow): ApplicationState | null {
  return flow.application as ApplicationState | null;
}
