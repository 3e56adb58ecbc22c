import assert from "node:assert/strict";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { encodingOf, startDecoder } from "../../../src/proxy/decoder.ts";

const text = Buffer.from("data: hello\n\n".repeat(1000));

/** What a decoder gives for these chunks. */
function decoded(encoding: string, chunks: readonly Buffer[]): Promise<Buffer> {
	const found = encodingOf(encoding);
	assert.equal(found.kind, "known");
	const { make } = found as Extract<typeof found, { kind: "known" }>;
	return new Promise((resolve) => {
		const given: Buffer[] = [];
		const decoder = startDecoder(make, {
			onData: (chunk) => given.push(chunk),
			onEnd: () => resolve(Buffer.concat(given)),
			onFull: () => undefined,
		});
		for (const chunk of chunks) decoder.push(chunk);
		decoder.end();
	});
}

describe("the decoder beside a reply's way", () => {
	const encodings: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
		["gzip", gzipSync],
		["X-GZIP", gzipSync],
		["deflate", deflateSync],
		["br", brotliCompressSync],
		["zstd", zstdCompressSync],
	];
	for (const [name, compress] of encodings) {
		it(`reads ${name}`, async () => {
			const bytes = compress(text);
			const chunks = [bytes.subarray(0, 7), bytes.subarray(7, 8), bytes.subarray(8)];
			assert.deepEqual(await decoded(name, chunks), text);
		});
	}

	it("reads deflate without its frame, as some servers send it", async () => {
		const bytes = deflateRawSync(text);
		assert.deepEqual(await decoded("deflate", [bytes.subarray(0, 1), bytes.subarray(1)]), text);
	});

	it("ends where the rest cannot be decoded", async () => {
		assert.equal((await decoded("gzip", [Buffer.from("no gzip at all")])).length, 0);
	});

	it("ends where the source ended too early, with what had come", async () => {
		const bytes = gzipSync(text);
		const given = await decoded("gzip", [bytes.subarray(0, bytes.length - 12)]);
		assert.ok(text.subarray(0, given.length).equals(given));
	});

	it("knows what is in clear, and what it cannot read", () => {
		assert.equal(encodingOf("").kind, "none");
		assert.equal(encodingOf("identity").kind, "none");
		assert.equal(encodingOf("gzip, br").kind, "unknown");
		assert.equal(encodingOf("constructor").kind, "unknown");
	});
});
