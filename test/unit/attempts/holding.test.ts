import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import type { Step } from "../../support/hostileRelay/steps.ts";

/** Milliseconds. */
const longestHold = 60;
const keepAlive = 40;
const never = 60_000;
/** Bytes that are held at most. */
const mostHeld = 64 * 1024;

/** A comment of ours: a block of its own. */
const comment = /(?:^|\n\n|\r\n\r\n):[^\n]*\n\n/;

for (const format of formats) {
	describe(`a ${format} stream that is held back`, () => {
		let bed: Bed<"first" | "second">;
		before(async () => {
			bed = await startBed(
				format,
				{ first: { priority: 1 }, second: {} },
				{},
				{ longestHold: never, keepAlive: never },
			);
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		it("until content comes is replaced when it fails first", async () => {
			bed.relays.first.next(
				behave.stream(({ opening }) => [...opening, { do: "pause", milliseconds: 30 }, { do: "reset" }]),
			);
			const reply = await bed.ask({ stream: true });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
		});

		it("shows life when it grows too long", async () => {
			const gate = Promise.withResolvers<void>();
			bed.relays.first.next(
				behave.stream(({ opening: [first = ""], content, ending }) => [
					...Array<string>(Math.ceil((mostHeld + 1024) / first.length)).fill(first),
					{ do: "await", settled: gate.promise },
					...content,
					...ending,
					{ do: "end" },
				]),
			);
			const reply = await bed.begin({ stream: true });
			assert.equal(reply.headers["x-relay-account"], "first");
			gate.resolve();
			assert.equal(await reply.body.text(), bed.relays.first.calls[0]?.sent().toString());
		});

		it("shows life when it grows too long in clear, however few its compressed bytes are", async () => {
			bed.relays.first.next(
				behave.compressed(
					behave.stream(() => [": waiting\n\n".repeat(mostHeld / 8), { do: "pause", milliseconds: 60_000 }]),
				),
			);
			const leaving = new AbortController();
			const reply = await bed.begin({ stream: true }, leaving.signal);
			assert.equal(reply.headers["x-relay-account"], "first");
			reply.body.on("error", () => {});
			leaving.abort();
		});

		it("is not held for comments alone: they are no sign of an answer", async () => {
			bed.relays.first.next(
				behave.stream(({ opening, content, ending }) => [
					": one\n\n",
					{ do: "pause", milliseconds: 20 },
					": two\n\n",
					...opening,
					...content,
					...ending,
					{ do: "end" },
				]),
			);
			const reply = await bed.ask({ stream: true });
			assert.equal(reply.text, bed.relays.first.calls[0]?.sent().toString());
		});
	});

	describe(`a ${format} reply that is silent for long`, () => {
		let bed: Bed<"first" | "second">;
		before(async () => {
			bed = await startBed(format, { first: { priority: 1 }, second: {} }, {}, { longestHold, keepAlive });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		const silence: Step = { do: "pause", milliseconds: keepAlive * 2.6 };

		it("before its content comes shows life, and its failure is then the client's", async () => {
			const gate = Promise.withResolvers<void>();
			bed.relays.first.next(
				behave.stream(({ opening }) => [...opening, { do: "await", settled: gate.promise }, { do: "reset" }]),
			);
			const began = performance.now();
			const reply = await bed.begin({ stream: true });
			assert.ok(performance.now() - began >= longestHold - 5);
			assert.equal(reply.headers["x-relay-account"], "first");
			gate.resolve();
			const text = await reply.body.text().catch(() => "");
			assert.ok(text.startsWith(bed.relays.first.calls[0]?.sent().toString() ?? "-"), text);
			assert.match(text, /error/);
			assert.equal(bed.relays.second.calls.length, 0);
		});

		for (const [name, bytes] of [
			["the first byte", ""],
			["the last byte", '{"error":'],
		] as const) {
			it(`is no answer when it is an error that stops before ${name} of its body`, async () => {
				bed.relays.first.next(() => [
					{ do: "head", status: 500, headers: { "content-type": "application/json" } },
					{ do: "write", bytes },
					{ do: "silence" },
				]);
				const reply = await bed.ask();
				assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
			});
		}

		/** Reads a stream whose relay goes on once the client has seen so many comments. */
		const readUntil = async (comments: number, goOn: () => void) => {
			const reply = await bed.begin({ stream: true });
			let text = "";
			for await (const chunk of reply.body) {
				text += chunk;
				if ((text.match(/^:/gm)?.length ?? 0) >= comments) goOn();
			}
			return text;
		};

		it("shows life by comments between its events", async () => {
			const { promise: settled, resolve } = Promise.withResolvers<void>();
			bed.relays.first.next(
				behave.stream(({ opening, content, ending }) => [
					...opening,
					...content,
					{ do: "await", settled },
					...ending,
					{ do: "end" },
				]),
			);
			const text = await readUntil(3, resolve);
			assert.match(text, comment);
			assert.equal(withoutComments(text), bed.relays.first.calls[0]?.sent().toString());
		});

		it("never has one inside an event", async () => {
			const { promise: settled, resolve } = Promise.withResolvers<void>();
			bed.relays.first.next(
				behave.stream(({ opening, content: [first = "", ...others], ending }) => {
					const [event = "", ...rest] = [...others, ...ending];
					return [
						...opening,
						first,
						event.slice(0, 9),
						{ do: "await", settled },
						event.slice(9),
						...rest,
						{ do: "end" },
					];
				}),
			);
			const text = await readUntil(2, resolve);
			assert.match(text, comment);
			assert.equal(withoutComments(text), bed.relays.first.calls[0]?.sent().toString());
		});

		it("has none when it is compressed", async () => {
			bed.relays.first.next(
				behave.compressed(
					behave.stream(({ opening, content, ending }) => [...opening, ...content, silence, ...ending, { do: "end" }]),
				),
			);
			const { body } = await bed.ask({ stream: true });
			assert.ok(body.equals(bed.relays.first.calls[0]?.sent() ?? Buffer.alloc(0)));
			assert.doesNotMatch(gunzipSync(body).toString(), /^:/m);
		});

		it("has none when it is JSON", async () => {
			bed.relays.first.next((asked) =>
				behave.answer(asked).flatMap((step): readonly Step[] => {
					if (step.do !== "write") return [step];
					const half = step.bytes.length / 2;
					return [
						{ do: "write", bytes: step.bytes.slice(0, half) },
						silence,
						{ do: "write", bytes: step.bytes.slice(half) },
					];
				}),
			);
			const { body, status } = await bed.ask({ text: "[long 4000]" });
			assert.equal(status, 200);
			assert.ok(body.equals(bed.relays.first.calls[0]?.sent() ?? Buffer.alloc(0)));
		});

		it("has none after it has ended", async () => {
			const { text } = await bed.ask({ stream: true });
			await pause(keepAlive * 1.5);
			assert.doesNotMatch(text, /\n:[^\n]*\n\n$/);
			// Where the machine stood still in the middle of it, it may have had one there.
			assert.equal(withoutComments(text), bed.relays.first.calls[0]?.sent().toString());
		});
	});
}

function withoutComments(text: string): string {
	return text.replace(/^:[^\n]*\n\n/gm, "");
}
