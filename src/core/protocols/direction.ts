/** The two directions of a flow, as numbers that index pairs; the same values as Direction of the packet layer. */
export const TO_SERVER = 0;
export const TO_CLIENT = 1;

export type FlowSide = "toServer" | "toClient";

export function sideOf(direction: number): FlowSide {
  return direction === TO_SERVER ? "toServer" : "toClient";
}
