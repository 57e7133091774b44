/** The names of a message in the order in which rules look at them. A list of names ends before an empty one. */
import type { DnsMessage, DnsQuestion, DnsRecord } from "./message.ts";
import { nameInData } from "./record-data.ts";

/** All names of a response, those in the data of its records included. */
export function responseNames(message: DnsMessage): readonly Uint8Array[] {
  const names: Uint8Array[] = [];
  addSection(names, message.queries);
  addSection(names, message.answers);
  addSection(names, message.authorities);
  addSection(names, message.additionals);
  return names;
}

function addSection(names: Uint8Array[], section: readonly (DnsQuestion | DnsRecord)[]): void {
  for (const entry of section) {
    if (entry.name.bytes.length === 0) return;
    names.push(entry.name.bytes);
    const inData = "data" in entry ? nameInData(entry.data) : null;
    if (inData !== null && inData.bytes.length > 0) names.push(inData.bytes);
  }
}
