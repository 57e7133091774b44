/**
 * Large pages under big tables that are read all over the place: the host asks the system for them where it can. Only
 * speed depends on it (metrics of a million hosts: 10 % of a packet's time).
 */
export type LargePages = (bytes: Uint8Array) => void;

export const plainPages: LargePages = () => {};
