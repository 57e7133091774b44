/** shrike extract: cuts a flow out of captures. */
import { extractFlow } from "../../node/record/extract-flow.ts";
import { parseFlowQuery } from "../../node/record/flow-query.ts";
import { listCaptures } from "../../node/replay/list-captures.ts";
import { type Command, ExitCode, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { helpOption } from "../shared-options.ts";
import { shrikeVersion } from "../version.ts";

export const extract: Command = {
  name: "extract",
  summary: "Cuts one flow out of captures into a capture of its own.",
  usage: "--flow ID [FILE...] -w FILE [options]",
  options: [
    {
      name: "flow",
      value: "ID",
      summary:
        "flow_id of an event (in our own recordings), Community ID, or ADDRESS:PORT-ADDRESS:PORT[/PROTOCOL]",
    },
    {
      name: "write",
      short: "w",
      value: "FILE",
      summary: "the capture to write; - for standard output",
    },
    { name: "community-id-seed", value: "N", summary: "seed of Community IDs; 0 without" },
    { name: "json", summary: "what was found as JSON" },
    helpOption,
  ],
  examples: [
    {
      line: "shrike extract --flow 1398277465823479 /var/log/shrike/capture -w flow.pcapng",
      meaning: "the flow of an alert, from recorded files",
    },
    {
      line: 'shrike extract --flow "1:wCb3OG7yAFWelaUydu0D+125CLM=" day.pcap.gz -w flow.pcapng',
      meaning: "by Community ID, from any capture",
    },
  ],
  run: runExtract,
};

async function runExtract(parsed: ParsedCommand): Promise<number> {
  const flow = lastText(parsed, "flow");
  const target = lastText(parsed, "write");
  if (flow === null) throw new UsageError("say which flow: --flow ID");
  if (target === null) throw new UsageError("say where to write: -w FILE");
  if (parsed.files.length === 0) throw new UsageError("name at least one capture or folder");
  const query = parseFlowQuery(flow);
  if (query === null) {
    throw new UsageError(`"${flow}" is no flow_id, no Community ID and no pair of endpoints`);
  }
  const seed = lastText(parsed, "community-id-seed") ?? "0";
  if (!/^\d{1,5}$/.test(seed)) throw new UsageError("--community-id-seed takes a whole number");
  const found = await extractFlow(listCaptures(parsed.files), query, {
    target,
    application: `shrike ${shrikeVersion()}`,
    communityIdSeed: Number(seed),
  });
  for (const problem of found.problems) console.error(`warning: ${problem}`);
  if (parsed.switches.has("json")) console.error(JSON.stringify(found));
  else console.error(`${found.packets} of ${found.scanned} packets`);
  return found.packets > 0 ? ExitCode.done : ExitCode.badInput;
}
