/**
 * Names of X.509 (RFC 5280 §4.1.2.4) as text: `C=DE, O=Example + OU=Unit`. Attributes without a short name here
 * are written with their long name or as `OID(1.2.3)`, values that are no text in upper-case hexadecimal.
 */
import { bytesToHex } from "../../bytes/hex.ts";
import { utf8ToText } from "../../bytes/utf8.ts";
import { DerTag, DerWalk, oidText } from "./der.ts";

/** What stands in for a name whose text is not UTF-8. */
const INVALID_NAME = "<X509Error: Invalid X.509 name>";

const shortNames: ReadonlyMap<string, string> = new Map([
  ["2.5.4.3", "CN"],
  ["2.5.4.6", "C"],
  ["2.5.4.7", "L"],
  ["2.5.4.8", "ST"],
  ["2.5.4.10", "O"],
  ["2.5.4.11", "OU"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["1.2.840.113549.1.9.1", "Email"],
  ["2.5.4.4", "surname"],
  ["2.5.4.5", "serialNumber"],
  ["2.5.4.9", "streetAddress"],
  ["2.5.4.12", "title"],
  ["2.5.4.13", "description"],
  ["2.5.4.15", "businessCategory"],
  ["2.5.4.17", "postalCode"],
  ["2.5.4.41", "name"],
  ["2.5.4.42", "givenName"],
  ["2.5.4.43", "initials"],
  ["2.5.4.44", "generationQualifier"],
  ["2.5.4.45", "uniqueIdentifier"],
  ["2.5.4.46", "dnQualifier"],
  ["1.2.840.113549.1.9.2", "unstructuredName"],
  ["1.3.6.1.4.1.311.60.2.1.1", "jurisdictionOfIncorporationLocality"],
  ["1.3.6.1.4.1.311.60.2.1.2", "jurisdictionOfIncorporationStateOrProvince"],
  ["1.3.6.1.4.1.311.60.2.1.3", "jurisdictionOfIncorporationCountry"],
]);

/** Tags of values that are text: UTF8String, PrintableString, IA5String, BMPString and their kin. */
const textTags: ReadonlySet<number> = new Set([
  0x07, 0x0c, 0x12, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1a, 0x1b, 0x1e,
]);

/** The text of the name whose contents are [start, end); null when its structure is broken. */
export function distinguishedName(bytes: Uint8Array, start: number, end: number): string | null {
  const sets = new DerWalk(bytes, start, end);
  const parts: string[] = [];
  let isText = true;
  while (!sets.isAtEnd) {
    if (!sets.expect(DerTag.set)) return null;
    const attributes = sets.inside();
    const texts: string[] = [];
    while (!attributes.isAtEnd) {
      if (!attributes.expect(DerTag.sequence)) return null;
      const text = attributeText(attributes.inside());
      if (text === null) return null;
      if (text === INVALID_NAME) isText = false;
      texts.push(text);
    }
    parts.push(texts.join(" + "));
  }
  return isText ? parts.join(", ") : INVALID_NAME;
}

function attributeText(attribute: DerWalk): string | null {
  const { bytes } = attribute;
  if (!attribute.expect(DerTag.oid)) return null;
  const oid = oidText(bytes, attribute.start, attribute.end);
  if (oid === null || !attribute.next()) return null;
  const { tag, start, end } = attribute;
  const name = shortNames.get(oid) ?? `OID(${oid})`;
  if (!textTags.has(tag)) return `${name}=${bytesToHex(bytes, start, end).toUpperCase()}`;
  const value = utf8ToText(bytes, start, end);
  return value === null ? INVALID_NAME : `${name}=${value}`;
}
