/** Cuts a flow out of captures into one of its own. */
import fs from "node:fs";
import { utf8ToText } from "../../core/bytes/utf8.ts";
import { CaptureReader } from "../../core/pcap/capture-reader.ts";
import { PcapngEncoder } from "../../core/pcap/pcapng-encoder.ts";
import { CaptureError, SinkError } from "../errors.ts";
import { openCapture } from "../replay/capture-source.ts";
import { replayCapture } from "../replay/replay-capture.ts";
import { FlowFinder } from "./flow-finder.ts";
import type { FlowQuery } from "./flow-query.ts";

const REGION_BYTES = 16 * 1024 ** 2;
const BATCH_BYTES = 1024 ** 2;

export interface Extracted {
  readonly packets: number;
  /** Packets looked at. */
  readonly scanned: number;
  /** Captures that ended early, with the reason. */
  readonly problems: readonly string[];
}

/** @param target path of the capture to write, "-" for standard output. Throws CaptureError, SinkError. */
export async function extractFlow(
  captures: readonly string[],
  query: FlowQuery,
  options: {
    readonly target: string;
    readonly application: string;
    readonly communityIdSeed: number;
  },
): Promise<Extracted> {
  const finder = new FlowFinder(query, REGION_BYTES, options.communityIdSeed);
  const output = new CaptureOutput(options.target, options.application);
  const problems: string[] = [];
  let scanned = 0;
  try {
    for (const capture of captures) {
      const problem = await scan(capture, finder, output, () => scanned++);
      if (problem !== null) problems.push(`${capture}: ${problem}`);
    }
  } finally {
    output.close();
  }
  return { packets: output.packets, scanned, problems };
}

async function scan(
  capture: string,
  finder: FlowFinder,
  output: CaptureOutput,
  onPacket: () => void,
): Promise<string | null> {
  const { bytes } = finder.arena;
  const reader = new CaptureReader(bytes, finder.regionStart, finder.regionEnd);
  const source = await openCapture(capture);
  try {
    const { problem, records } = await replayCapture(source, reader, {
      onRecord(record) {
        onPacket();
        const comment = reader.comment();
        const text = comment === null ? "" : (utf8ToText(comment, 0, comment.length) ?? "");
        if (finder.wants(record, text)) output.add(bytes, record, comment);
      },
      onPause: () => false,
    });
    if (problem !== null && records === 0) throw new CaptureError(`"${capture}": ${problem}`);
    return problem;
  } finally {
    source.close();
  }
}

/** One pcapng file; each link type is an interface of it. */
class CaptureOutput {
  packets = 0;
  private readonly encoder = new PcapngEncoder(BATCH_BYTES);
  private readonly target: string;
  private readonly descriptor: number;
  private readonly interfaces = new Map<number, number>();

  constructor(target: string, application: string) {
    this.target = target;
    try {
      this.descriptor = target === "-" ? 1 : fs.openSync(target, "w");
    } catch (cause) {
      throw new SinkError(`cannot write "${target}"`, { cause });
    }
    this.encoder.addSection(application);
  }

  add(bytes: Uint8Array, record: CaptureReader, comment: Uint8Array | null): void {
    const { encoder, interfaces } = this;
    const { start, end, timeUs, wireLength, linkType } = record;
    const wanted = PcapngEncoder.packetBytes(end - start, comment ?? undefined) + 64;
    if (encoder.roomBytes < wanted) this.flush();
    let number = interfaces.get(linkType);
    if (number === undefined) {
      number = interfaces.size;
      interfaces.set(linkType, number);
      encoder.addInterface(linkType, "");
    }
    encoder.addPacket(number, timeUs, wireLength, bytes, start, end, comment ?? undefined);
    this.packets++;
  }

  close(): void {
    this.flush();
    if (this.target !== "-") fs.closeSync(this.descriptor);
  }

  private flush(): void {
    const { encoder } = this;
    const { length } = encoder;
    encoder.clear();
    try {
      for (let done = 0; done < length; ) {
        done += fs.writeSync(this.descriptor, encoder.bytes, done, length - done);
      }
    } catch (cause) {
      throw new SinkError(`cannot write to "${this.target}"`, { cause });
    }
  }
}
