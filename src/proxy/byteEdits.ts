import type { ByteRange } from "./jsonScan.ts";

/** Text that takes the place of a range; of an empty one it is put in there. */
export interface ByteEdit extends ByteRange {
	readonly text: string;
}

/** The same bytes but for the edits, copied once; the bytes themselves where there are none. Edits do not overlap. */
export function withEdits(bytes: Buffer, edits: readonly ByteEdit[]): Buffer {
	if (edits.length === 0) return bytes;
	const pieces: Buffer[] = [];
	let at = 0;
	for (const { start, end, text } of edits.toSorted((one, other) => one.start - other.start)) {
		pieces.push(bytes.subarray(at, start), Buffer.from(text));
		at = end;
	}
	return Buffer.concat([...pieces, bytes.subarray(at)]);
}
