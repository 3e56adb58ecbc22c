import assert from "node:assert/strict";
import { EventSplitter } from "../../../src/proxy/eventSplitter.ts";
import { seededRandom } from "../../support/wire.ts";

const stream = 'event: a\ndata: {"n":1}\n\ndata: ünïcode\r\n\r\n: comment\n\ndata: two\ndata: lines\n\n';

/** What a splitter gives for these chunks, and what it keeps. */
function split(chunks: readonly (string | Buffer)[]): { readonly parts: readonly string[]; readonly rest: string } {
	const splitter = new EventSplitter();
	const parts = chunks.map(
		(chunk) => splitter.push([typeof chunk === "string" ? Buffer.from(chunk) : chunk])?.toString() ?? "",
	);
	return { parts, rest: splitter.takeRest().toString() };
}

describe("the event splitter", () => {
	it("gives a chunk of whole events as it is, without a copy", () => {
		const chunk = Buffer.from(stream);
		assert.equal(new EventSplitter().push([chunk]), chunk);
	});

	it("holds back an event that is not whole until its end has come", () => {
		assert.deepEqual(split(["data: a\n\nda", "ta: b", "\n", "\ndata: c"]), {
			parts: ["data: a\n\n", "", "", "data: b\n\n"],
			rest: "data: c",
		});
	});

	it("gives every byte once and in order, wherever the stream is cut, and whole events only", () => {
		const bytes = Buffer.from(stream);
		for (let first = 0; first <= bytes.length; first += 1) {
			for (let second = first; second <= bytes.length; second += 1) {
				const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
				const { parts, rest } = split(chunks);
				assert.equal(parts.join("") + rest, stream, `cut at ${first} and ${second}`);
				for (const part of parts) assert.match(part, /^$|\n\r?\n$|\n\r$/, `cut at ${first} and ${second}`);
			}
		}
	});

	it("gives the same whether chunks come one by one or several in one read", () => {
		const bytes = Buffer.from(stream.repeat(20));
		for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
			const random = seededRandom(seed);
			const splitter = new EventSplitter();
			let given = "";
			for (let at = 0; at < bytes.length; ) {
				const read: Buffer[] = [];
				for (let pieces = Math.floor(random() * 6); pieces >= 0; pieces -= 1) {
					const end = at + Math.floor(random() ** 3 * 60);
					read.push(bytes.subarray(at, end));
					at = end;
				}
				const events = splitter.push(read)?.toString() ?? "";
				assert.match(events, /^$|\n\r?\n$|\n\r$/);
				given += events;
				// Nothing that is whole is held back.
				assert.doesNotMatch(bytes.subarray(Buffer.byteLength(given), at).toString().slice(0, -1), /\n\r?\n/);
			}
			assert.equal(given + splitter.takeRest().toString(), bytes.toString());
		}
	});

	it("joins an event that comes byte by byte", () => {
		const event = `data: ${Array.from({ length: 3000 }, (_, index) => index).join()}\n\n`;
		const { parts, rest } = split([...event, ...event]);
		assert.deepEqual([parts.filter((part) => part !== ""), rest], [[event, event], ""]);
	});

	it("lets an event pass in pieces that is longer than can be held, and is no longer framed", () => {
		const splitter = new EventSplitter();
		const piece = Buffer.alloc(1024 * 1024, "x");
		const given = Array.from({ length: 10 }, () => splitter.push([piece])?.length ?? 0);
		assert.equal(
			given.reduce((sum, length) => sum + length, 0),
			10 * piece.length,
		);
		assert.equal(splitter.isFramed, false);
	});
});
