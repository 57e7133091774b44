/**
 * frame: a sticky buffer over the pieces of a protocol's data as they lie in the stream or datagram (a request, a
 * record, a header). The name of the protocol may be left out where the header of the rule gives it.
 */
import { frameDeclaration } from "../../detect/frame-plan.ts";
import { applicationProtocolNames } from "../../detect/header-protocols.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { RegisteredProtocol } from "../../protocols/registry.ts";
import { RuleError } from "../../rule/diagnostic.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";
import { didYouMean } from "../../rule/suggest.ts";

interface WantedFrame {
  readonly option: OptionText;
  readonly name: TextPiece;
}

export const frame = defineKeyword<WantedFrame>({
  name: "frame",
  family: "buffer select",
  summary:
    "Looks into the frames of a protocol: its requests, records or headers as they were sent.",
  syntax: "frame:[PROTOCOL.]TYPE",
  since: "<=7.0",
  argument: "required",
  examples: [
    { options: 'frame:tls.pdu; content:"|17 03 03|"; startswith;', meaning: "a TLS record" },
    { options: 'frame:http1.request; content:"GET";', meaning: "a request, unparsed" },
  ],
  parse(option) {
    option.required();
    return { option, name: option.whole };
  },
  compile({ option, name }, draft) {
    const byHeader = protocolsOfHeader(draft);
    const dot = name.text.indexOf(".");
    const named = dot < 0 ? [] : draft.builder.protocols.forRules(name.text.slice(0, dot));
    const known = named.length > 0 ? named : byHeader;
    if (known.length === 0) {
      refuseUnsupported(name.text.slice(0, Math.max(dot, 0)));
      option.failAt(
        name,
        "unknown-protocol",
        `"${name.text}" does not say of which protocol, and neither does the header`,
        'write the protocol before the type, as in "frame:tls.pdu"',
      );
    }
    if (byHeader.length > 0 && !known.some((protocol) => byHeader.includes(protocol))) {
      option.failAt(
        name,
        "conflicting-protocol",
        `"${name.text}" is no frame of the header's protocol`,
      );
    }
    const type = named.length > 0 ? name.text.slice(dot + 1) : name.text;
    const declaration = declarationOf(known, type);
    if (declaration === null) {
      const hint = didYouMean(type, known.flatMap(frameNames));
      return option.failAt(name, "unknown-value", `"${type}" is no type of frame`, hint);
    }
    draft.requireFlow = true;
    draft.selectBuffer(declaration);
  },
});

function declarationOf(protocols: readonly RegisteredProtocol[], type: string) {
  for (const protocol of protocols) {
    const declaration = frameDeclaration(protocol, type);
    if (declaration !== null) return declaration;
  }
  return null;
}

function frameNames({ declaration }: RegisteredProtocol): readonly string[] {
  return [...(declaration.frames ?? []), "stream"];
}

function protocolsOfHeader({ syntax, builder }: RuleDraft): readonly RegisteredProtocol[] {
  const [name = ""] = syntax.header.protocol.split(":", 1);
  return builder.protocols.forRules(name);
}

/** The protocol is one that rules may name, and has no parser yet. */
function refuseUnsupported(protocol: string): void {
  if (!applicationProtocolNames.includes(protocol)) return;
  throw new RuleError("unsupported-keyword", `"frame" needs the ${protocol} parser`, {
    severity: "unsupported",
  });
}
