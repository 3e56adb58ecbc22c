import assert from "node:assert/strict";
import { FrameReader, framed } from "../../../src/proxy/controlFrames.ts";
import { ControlSeal, type ControlSession } from "../../../src/proxy/controlSeal.ts";

const session: ControlSession = { controlToken: "token", port: 14680, nonce: "a", session: "b" };

describe("the seal between windows", () => {
	const words = ["first", "", "third"].map((word) => Buffer.from(word));

	it("opens what the other side has sealed, in order", () => {
		const [sending, receiving] = [new ControlSeal(session, "owner"), new ControlSeal(session, "owner")];
		for (const word of words) assert.deepEqual(receiving.open(sending.seal(word)), word);
	});

	it("opens nothing that is repeated, left out, reordered or changed", () => {
		const sending = new ControlSeal(session, "owner");
		const [one, two, three] = words.map((word) => sending.seal(word));
		assert.ok(one && two && three);
		const changed = Buffer.from(one);
		changed[0] = (changed[0] ?? 0) ^ 1;
		for (const [first, second] of [
			[one, one],
			[one, three],
		] as const) {
			const receiving = new ControlSeal(session, "owner");
			assert.ok(receiving.open(first));
			assert.equal(receiving.open(second), null);
		}
		for (const wrong of [two, changed, one.subarray(1), Buffer.alloc(0)]) {
			assert.equal(new ControlSeal(session, "owner").open(wrong), null);
		}
	});

	it("opens nothing of another role, token, port or connection", () => {
		const sealed = new ControlSeal(session, "owner").seal(Buffer.from("word"));
		assert.equal(new ControlSeal(session, "attached").open(sealed), null);
		for (const other of [{ controlToken: "other" }, { port: 14681 }, { nonce: "c" }, { session: "c" }]) {
			assert.equal(new ControlSeal({ ...session, ...other }, "owner").open(sealed), null);
		}
	});

	it("hides what is said, and that the same is said twice", () => {
		const sending = new ControlSeal(session, "owner");
		const [one, two] = [sending.seal(Buffer.from("same words")), sending.seal(Buffer.from("same words"))];
		assert.ok(!one.includes("words"));
		assert.notDeepEqual(one, two);
	});
});

describe("frames", () => {
	const frames = ["one", "", "three", "x".repeat(3000)].map((text) => Buffer.from(text));
	const bytes = Buffer.concat(frames.map(framed));

	it("are found wherever the stream is cut", () => {
		for (const size of [1, 2, 3, 5, 7, 1000, bytes.length]) {
			const reader = new FrameReader(3000);
			const read: Buffer[] = [];
			for (let at = 0; at < bytes.length; at += size) {
				read.push(...(reader.read(Buffer.from(bytes.subarray(at, at + size))) ?? []));
			}
			assert.deepEqual(read.map(String), frames.map(String));
		}
	});

	it("that are too long are refused before they have come", () => {
		assert.equal(new FrameReader(2999).read(framed(Buffer.alloc(3000)).subarray(0, 4)), null);
	});
});
