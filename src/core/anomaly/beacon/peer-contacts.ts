/**
 * Contacts that engines in threads tell each other: each of them knows those of all, as flows of one pair go to any
 * thread.
 */
import type { SharedRings } from "../../bytes/shared-ring.ts";
import type { Flow } from "../../flow/flow.ts";
import { AMOUNTS_AT, CLIENT_AT, PeerRecord, SERVER_AT } from "../peer-record.ts";
import type { Contact, ContactLog } from "./contact-log.ts";

export class PeerContacts {
  private readonly rings: SharedRings;

  constructor(rings: SharedRings, log: ContactLog) {
    this.rings = rings;
    const contact = {
      startUs: 0,
      sourceWords: new Int32Array(4),
      destinationWords: new Int32Array(4),
      destinationPort: 0,
      protocol: 0,
      ipVersion: 0,
      bytesToServer: 0,
    };
    const fill = (record: Float64Array): typeof contact => {
      contact.startUs = record[1]!;
      contact.ipVersion = record[2]!;
      contact.destinationPort = record[3]!;
      contact.protocol = record[4]!;
      for (let i = 0; i < 4; i++) {
        contact.sourceWords[i] = record[CLIENT_AT + i]!;
        contact.destinationWords[i] = record[SERVER_AT + i]!;
      }
      contact.bytesToServer = record[AMOUNTS_AT]!;
      return contact;
    };
    rings.hear[PeerRecord.contact] = (record) => void log.note(fill(record));
    rings.hear[PeerRecord.contactEnd] = (record) => void log.noteEnd(fill(record));
  }

  /** Takes in what others sent. */
  receive(): void {
    this.rings.poll();
  }

  sendContact(contact: Contact): void {
    this.send(PeerRecord.contact, contact, 0);
  }

  sendEnd(flow: Flow): void {
    this.send(PeerRecord.contactEnd, flow, flow.bytesToServer);
  }

  private send(kind: number, contact: Contact, bytes: number): void {
    const { outgoing: record } = this.rings;
    record[0] = kind;
    record[1] = contact.startUs;
    record[2] = contact.ipVersion;
    record[3] = contact.destinationPort;
    record[4] = contact.protocol;
    record.set(contact.sourceWords, CLIENT_AT);
    record.set(contact.destinationWords, SERVER_AT);
    record[AMOUNTS_AT] = bytes;
    this.rings.send();
  }
}
