import assert from "node:assert/strict";
import { MessageReader } from "../../../bench/wire/messageReader.ts";

const replies =
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
	"5\r\nHello\r\n11;name=value\r\n, chunked reader.\r\n0\r\nx-trailer: 1\r\n\r\n" +
	"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 4\r\n\r\nwait" +
	"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n" +
	"HTTP/1.1 200 OK\r\n\r\nuntil the end";

const read = [
	"HTTP/1.1 200 OK",
	"Hello, chunked reader.",
	"end",
	"HTTP/1.1 429 Too Many Requests",
	"wait",
	"end",
	"HTTP/1.1 204 No Content",
	"",
	"end",
	"HTTP/1.1 200 OK",
	"until the end",
	"end",
];

/** @param size bytes that arrive at once. */
function readIn(pieces: string, size: number) {
	const told: string[] = [];
	let body = "";
	const reader = new MessageReader("responses", {
		onHead: (startLine) => {
			told.push(startLine);
			body = "";
		},
		onBody: (buffer, start, end) => {
			body += buffer.toString("latin1", start, end);
		},
		onEnd: () => told.push(body, "end"),
	});
	for (let at = 0; at < pieces.length; at += size) reader.feed(Buffer.from(pieces.slice(at, at + size)));
	return { told, isWhole: reader.close() };
}

describe("the bench's reader of HTTP messages", () => {
	for (const size of [1, 2, 3, 7, 64, replies.length]) {
		it(`finds messages of every framing in pieces of ${size} bytes`, () => {
			assert.deepEqual(readIn(replies, size), { told: read, isWhole: true });
		});
	}

	it("tells a message that breaks off", () => {
		for (const broken of ["HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]) {
			assert.equal(readIn(broken, broken.length).isWhole, false);
		}
		const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n";
		assert.equal(readIn(chunked, chunked.length).isWhole, false);
	});

	it("takes a request without a length for one without a body", () => {
		const told: string[] = [];
		const reader = new MessageReader("requests", {
			onHead: (startLine) => told.push(startLine),
			onBody: () => told.push("body"),
			onEnd: () => told.push("end"),
		});
		reader.feed(Buffer.from("GET /health HTTP/1.1\r\nhost: here\r\n\r\n"));
		assert.deepEqual(told, ["GET /health HTTP/1.1", "end"]);
	});
});
