/**
 * Subject alternative names of a certificate (RFC 5280 §4.2.1.6): host names and URIs as they are, addresses as
 * lists of bytes, the rarer kinds with the name of their kind.
 */
import { bytesToHex } from "../../bytes/hex.ts";
import { latin1ToBytes } from "../../bytes/latin1.ts";
import { textToUtf8, utf8ToText } from "../../bytes/utf8.ts";
import { DerTag, DerWalk, oidText } from "./der.ts";
import { distinguishedName } from "./distinguished-name.ts";

/** Names of one certificate that are kept; further ones are left out. */
export const ALTERNATIVE_NAMES_MAX = 1024;

/** A certificate with so many is told of. */
export const ALTERNATIVE_NAMES_MANY = 4096;

export interface AlternativeNames {
  readonly names: readonly Uint8Array[];
  readonly areTooMany: boolean;
}

export const noNames: AlternativeNames = { names: [], areTooMany: false };

const OID_ALTERNATIVE_NAMES = "2.5.29.17";

const NameTag = {
  other: 0xa0,
  email: 0x81,
  host: 0x82,
  x400: 0xa3,
  directory: 0xa4,
  edi: 0xa5,
  uri: 0x86,
  address: 0x87,
  registeredId: 0x88,
} as const;

/** Walks over the extensions. Null when their structure is broken; a name that cannot be read ends the list. */
export function alternativeNames(extensions: DerWalk): AlternativeNames | null {
  let names = noNames;
  while (!extensions.isAtEnd) {
    if (!extensions.expect(DerTag.sequence)) return null;
    const extension = extensions.inside();
    if (!extension.expect(DerTag.oid)) return null;
    const oid = oidText(extension.bytes, extension.start, extension.end);
    while (extension.nextTag !== DerTag.octetString) if (!extension.next()) return null;
    if (!extension.next()) return null;
    if (oid === OID_ALTERNATIVE_NAMES) names = readNames(extension.inside());
  }
  return names;
}

function readNames(value: DerWalk): AlternativeNames {
  if (!value.expect(DerTag.sequence)) return noNames;
  const list = value.inside();
  const names: Uint8Array[] = [];
  while (!list.isAtEnd && names.length < ALTERNATIVE_NAMES_MAX) {
    if (!list.next()) return noNames;
    const name = nameOf(list);
    if (name === null) return noNames;
    names.push(name);
  }
  return { names, areTooMany: names.length + countRest(list) >= ALTERNATIVE_NAMES_MANY };
}

/** As far as it matters. */
function countRest(list: DerWalk): number {
  let count = 0;
  while (count < ALTERNATIVE_NAMES_MANY && !list.isAtEnd && list.next()) count++;
  return count;
}

function nameOf({ tag, bytes, start, end }: DerWalk): Uint8Array | null {
  switch (tag) {
    case NameTag.host:
    case NameTag.uri:
      return utf8ToText(bytes, start, end) === null ? null : bytes.slice(start, end);
    case NameTag.address:
      return latin1ToBytes(`[${Array.from(bytes.subarray(start, end)).join(", ")}]`);
    case NameTag.email:
      return named("RFC822Name", utf8ToText(bytes, start, end));
    case NameTag.directory: {
      const name = new DerWalk(bytes, start, end);
      const text = name.next() ? distinguishedName(bytes, name.start, name.end) : null;
      return named("DirectoryName", text);
    }
    case NameTag.registeredId:
      return named("RegisteredID", oidText(bytes, start, end));
    case NameTag.other:
      return named("OtherName", bytesToHex(bytes, start, end));
    case NameTag.x400:
      return named("X400Address", "<unparsed>");
    case NameTag.edi:
      return named("EDIPartyName", "<unparsed>");
    default:
      return null;
  }
}

function named(kind: string, text: string | null): Uint8Array | null {
  return text === null ? null : textToUtf8(`${kind}(${text})`);
}
