import assert from "node:assert/strict";
import { EventReader, endOfEvents, type ServerSentEvent } from "../../../src/formats/sse.ts";
import { streamTranscripts } from "./transcripts.ts";

/** Reads the stream in the given pieces, to its end. */
function read(...pieces: readonly (Buffer | string)[]): readonly ServerSentEvent[] {
	const reader = new EventReader();
	const events = pieces.flatMap((piece) => reader.push(Buffer.from(piece)));
	return [...events, ...reader.end()];
}

function event(data: string, name = ""): ServerSentEvent {
	return { name, data };
}

describe("the event reader", () => {
	const cases: readonly (readonly [string, string | Buffer, readonly ServerSentEvent[]])[] = [
		["line feeds", "event: a\ndata: 1\n\ndata: 2\n\n", [event("1", "a"), event("2")]],
		["carriage returns with line feeds", "event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", [event("1", "a"), event("2")]],
		["carriage returns", "event: a\rdata: 1\r\rdata: 2\r\r", [event("1", "a"), event("2")]],
		["mixed line ends", "event: a\r\ndata: 1\n\r\ndata: 2\r\n\n", [event("1", "a"), event("2")]],
		["a byte order mark", Buffer.from("\ufeffdata: 1\n\n"), [event("1")]],
		["no space after the colon", "event:a\ndata:1\n\n", [event("1", "a")]],
		["a second space, which belongs to the data", "data:  1\n\n", [event(" 1")]],
		["several data lines", "data: 1\ndata\ndata: 2\n\n", [event("1\n\n2")]],
		["comments, ids and unknown fields", ": hi\n\nid: 3\nretry: 9\nfoo: bar\ndata: 1\n: ho\n\n", [event("1")]],
		["blocks without data", "event: a\n\ndata: 1\n\n", [event("1")]],
		["signs of several bytes", "data: grüß dich 🙂\n\n", [event("grüß dich 🙂")]],
		["an event that only the end completes", "data: 1\n\ndata: 2\n", [event("1"), event("2")]],
		["a line that only the end completes", "event: a\ndata: 2", [event("2", "a")]],
		["nothing", "", []],
		["comments only", ": keep-alive\n\n: keep-alive\n\n", []],
		["bare JSON", '{\n "error": "no"\n}\n', [event('{\n "error": "no"\n}')]],
		["what is neither", "<html>{}</html>", []],
		["JSON after an event", 'data: 1\n\n{"error":"no"}\n', [event("1")]],
	];
	for (const [what, stream, expected] of cases) {
		it(`reads ${what}, however cut`, () => {
			const bytes = Buffer.from(stream);
			assert.deepEqual(read(bytes), expected);
			for (let cut = 1; cut < bytes.length; cut += 1) {
				assert.deepEqual(read(bytes.subarray(0, cut), bytes.subarray(cut)), expected, `cut at ${cut}`);
			}
			assert.deepEqual(read(...[...bytes].map((byte) => Buffer.of(byte))), expected, "byte by byte");
		});
	}

	it("gives an event as soon as its empty line is there", () => {
		const reader = new EventReader();
		assert.deepEqual(reader.push(Buffer.from("data: 1\n")), []);
		assert.deepEqual(reader.push(Buffer.from("\n")), [event("1")]);
		assert.deepEqual(reader.end(), []);
	});

	it("reads what the demo relay sends, cut at every byte", async () => {
		for (const { what, format, bytes } of await streamTranscripts()) {
			const expected = read(bytes);
			assert.ok(expected.length > 0, `${format} ${what}`);
			for (let cut = 1; cut < bytes.length; cut += 1) {
				assert.deepEqual(read(bytes.subarray(0, cut), bytes.subarray(cut)), expected, `${format} ${what} at ${cut}`);
			}
		}
	});
});

describe("the end of the events in a chunk", () => {
	/** The bar stands where the end is. */
	const cases: readonly string[] = [
		"data: 1\n\n|",
		"data: 1\r\n\r\n|",
		"data: 1\r\r|",
		"data: 1\r\n\n|",
		"data: 1\n\r\n|",
		"data: 1\r\r\n|",
		"data: 1\n\n|data: 2\n",
		"data: 1\r\n\r\n|data: 2\r\n",
		"data: 1\r\r|data: 2\r",
		"data: 1\n\r|data: 2",
		"data: 1\r\n\r|data: 2",
		"data: 1\n\ndata: 2\r\n\r\n|data: 3",
		"data: 1\r\n\r\ndata: 2\n\n|data: 3",
		"data: 1\r\rdata: 2\n\n|x",
		"data: 1\n\n\n|data: 2",
		"data: 1\r\n\r\n\r\n|data: 2",
		"\n\n|",
		"|data: 1\n",
		"|data: 1\r\n",
		"|\n",
		"|",
		"|data: 1\r\n\r",
		"|data: 1\n\r",
		"data: 1\n\n|data: 2\n\r",
	];
	for (const text of cases) {
		it(`is where the bar stands in ${JSON.stringify(text)}`, () => {
			assert.equal(endOfEvents(Buffer.from(text.replace("|", ""))), text.indexOf("|"));
		});
	}

	it("leaves only whole events before it, at every cut of what the demo relay sends", async () => {
		for (const { what, format, bytes } of await streamTranscripts()) {
			const all = read(bytes);
			for (let cut = 1; cut <= bytes.length; cut += 1) {
				const chunk = bytes.subarray(0, cut);
				const end = endOfEvents(chunk);
				const reader = new EventReader();
				const before = reader.push(chunk.subarray(0, end));
				assert.deepEqual(reader.end(), [], `${format} ${what} at ${cut}: not whole`);
				assert.deepEqual(before, all.slice(0, before.length));
				// An empty line that lacks its line feed waits for it.
				const isLast = chunk.at(-1) === 0x0d || new EventReader().push(chunk.subarray(end)).length === 0;
				assert.ok(isLast, `${format} ${what} at ${cut}: not the last`);
			}
			assert.equal(endOfEvents(bytes), bytes.length);
		}
	});
});
