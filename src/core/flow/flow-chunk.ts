/** Makes flows in bulk: the addresses of all of them lie in one array, which halves what a flow takes. */
import { Flow } from "./flow.ts";

/** Words of one address. */
const ADDRESS_WORDS = 4;

/** Appends flows until there are `count`. */
export function growFlows(flows: Flow[], count: number): void {
  const words = new Int32Array((count - flows.length) * 2 * ADDRESS_WORDS);
  for (let at = 0; at < words.length; at += 2 * ADDRESS_WORDS) {
    const middle = at + ADDRESS_WORDS;
    const source = words.subarray(at, middle);
    flows.push(new Flow(flows.length, source, words.subarray(middle, middle + ADDRESS_WORDS)));
  }
}
