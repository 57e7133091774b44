/** Names of traffic as records write them: UTF-8, with U+FFFD for what is not, as Suricata writes them for SMB and NFS. */
import { utf8ToText } from "../bytes/utf8.ts";

export function textOf(bytes: Uint8Array): string {
  const whole = utf8ToText(bytes, 0, bytes.length);
  if (whole !== null) return whole;
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    let length = 1;
    let part: string | null = null;
    for (; length <= 4 && part === null; length++) {
      if (at + length <= bytes.length) part = utf8ToText(bytes, at, at + length);
    }
    text += part ?? "\ufffd";
    at += part === null ? 1 : length - 1;
  }
  return text;
}
