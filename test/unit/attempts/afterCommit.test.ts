import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import type { Behaviour } from "../../support/hostileRelay/steps.ts";
import { errorWord } from "../../support/wire.ts";

/** More than a reply may have that is held until its end. */
const longText = "[long 4000]";

/** As much as overflows the stack of whoever follows it level by level. */
const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;

for (const format of formats) {
	describe(`a reply that a ${format} client has had some of`, () => {
		let bed: Bed<"first" | "second">;
		before(async () => {
			bed = await startBed(format, { first: { priority: 1 }, second: {} });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		/** What arrives, whichever way the reply ends. */
		const streamed = async () => {
			const reply = await bed.begin({ stream: true });
			const chunks: Buffer[] = [];
			try {
				for await (const chunk of reply.body) chunks.push(chunk);
			} catch {}
			return { status: reply.statusCode, headers: reply.headers, text: Buffer.concat(chunks).toString() };
		};

		for (const stop of ["reset", "close", "end"] as const) {
			for (const [name, behaviour] of [
				["after an event", behave.stopAfterContent(stop)],
				["inside an event", behave.stopInsideEvent(stop)],
			] as const) {
				it(`is finished with the format's own error event when its stream stops ${name} (${stop})`, async () => {
					bed.relays.first.next(behaviour);
					const { status, headers, text } = await streamed();
					assert.deepEqual([status, headers["x-relay-account"], headers["x-relay-attempts"]], [200, "first", "1"]);
					const whole = wholeEvents(bed.relays.first.calls[0]?.sent().toString() ?? "");
					assert.ok(text.startsWith(whole), text);
					assertErrorEvent(format, text.slice(whole.length));
					assert.equal(bed.relays.second.calls.length, 0);
					const record = await bed.proxy.nextRecord();
					assert.equal(record.status, 200);
					assert.match(record.error ?? "", /broke off|ended/i);
					assert.ok(record.calls[0]?.error);
				});
			}
		}

		it("passes the relay's own error event on as it is, and nothing of ours behind it", async () => {
			bed.relays.first.next(behave.errorAfterContent("overloaded"));
			const { text } = await streamed();
			assert.equal(text, bed.relays.first.calls[0]?.sent().toString());
			const record = await bed.proxy.nextRecord();
			assert.ok(record.calls[0]?.error);
		});

		for (const [name, data] of [
			["event", deep],
			["error", `{"error":{"message":{"a":${deep}}}}`],
		] as const) {
			it(`may hold an ${name} that nests deeper than can be followed`, async () => {
				bed.relays.first.next(
					behave.stream(({ opening, content }) => [...opening, ...content, `data: ${data}\n\n`, { do: "end" }]),
				);
				const { text } = await streamed();
				assert.ok(text.startsWith(bed.relays.first.calls[0]?.sent().toString() ?? "-"));
				assert.equal(typeof (await bed.proxy.nextRecord()).calls[0]?.error, "string");
			});
		}

		it("may be limited from now on: the account rests", async () => {
			bed.relays.first.next(behave.errorAfterContent("rateLimited"));
			await streamed();
			await bed.proxy.nextRecord();
			assert.equal((await bed.ask()).headers["x-relay-account"], "second");
			await bed.proxy.nextRecord();
		});

		it("is whole when only its last empty line is missing", async () => {
			bed.relays.first.next(behave.answerWithoutNewline);
			const { text } = await streamed();
			const sent = bed.relays.first.calls[0]?.sent().toString() ?? "";
			assert.ok(text.startsWith(sent));
			assert.equal(text.slice(sent.length).trim(), "");
			const record = await bed.proxy.nextRecord();
			assert.deepEqual([record.error, record.calls[0]?.error], [null, null]);
		});

		it("is whole when the connection breaks after its end", async () => {
			bed.relays.first.next(
				behave.stream(({ opening, content, ending }) => [...opening, ...content, ...ending, { do: "reset" }]),
			);
			const { text } = await streamed();
			assert.equal(text, bed.relays.first.calls[0]?.sent().toString());
			assert.equal((await bed.proxy.nextRecord()).error, null);
		});

		it("never shows half an event", async () => {
			const gate = Promise.withResolvers<void>();
			bed.relays.first.next(
				behave.stream(({ opening, content: [first = "", second = "", ...others], ending }) => [
					...opening,
					first,
					second.slice(0, 10),
					{ do: "await", settled: gate.promise },
					second.slice(10),
					...others,
					...ending,
					{ do: "end" },
				]),
			);
			const reply = await bed.begin({ stream: true });
			let text = "";
			for await (const chunk of reply.body) {
				text += chunk;
				assert.equal(wholeEvents(text), text);
				gate.resolve();
			}
			assert.equal(text, bed.relays.first.calls[0]?.sent().toString());
			await bed.proxy.nextRecord();
		});

		for (const stop of ["reset", "end"] as const) {
			it(`never shows half of its last event either (${stop})`, async () => {
				bed.relays.first.next(
					behave.stream(({ opening, content, ending }) => {
						const last = ending.at(-1) ?? "";
						return [...opening, ...content, ...ending.slice(0, -1), last.slice(0, last.length / 2), { do: stop }];
					}),
				);
				const { text } = await streamed();
				const sent = bed.relays.first.calls[0]?.sent().toString() ?? "";
				const { error } = await bed.proxy.nextRecord();
				assert.ok(text.startsWith(wholeEvents(sent)));
				assert.equal(wholeEvents(text), text);
				assert.ok(!text.includes(sent));
				// OpenAI's last event is a mark behind the end; the others end with their last event.
				if (format !== "openai") assert.ok(error);
			});
		}

		for (const stop of ["reset", "close"] as const) {
			for (const [name, change] of [
				["JSON", (behaviour: Behaviour) => behaviour],
				["compressed JSON", behave.compressed],
			] as const) {
				it(`is reset when it is ${name} and breaks off (${stop})`, async () => {
					const begun = Promise.withResolvers<void>();
					const half: Behaviour = (asked) =>
						behave
							.stopInsideJson(stop)(asked)
							.flatMap((step) => (step.do === stop ? [{ do: "await", settled: begun.promise }, step] : [step]));
					bed.relays.first.next(change(half));
					const reply = await bed.begin({ text: longText });
					begun.resolve();
					await assert.rejects(reply.body.bytes());
					const record = await bed.proxy.nextRecord();
					assert.match(record.error ?? "", /broke off/i);
					assert.equal(bed.relays.second.calls.length, 0);
				});
			}
		}

		it("breaks when it is a compressed stream and breaks off", async () => {
			const begun = Promise.withResolvers<void>();
			const cut = behave.stream(({ opening, content }) => [
				...opening,
				...content,
				{ do: "await", settled: begun.promise },
				{ do: "reset" },
			]);
			bed.relays.first.next(behave.compressed(cut));
			const reply = await bed.begin({ stream: true });
			begun.resolve();
			await assert.rejects(reply.body.bytes());
			const record = await bed.proxy.nextRecord();
			assert.ok(record.calls[0]?.error);
		});

		it("is recorded as failed when a compressed stream ends without its end", async () => {
			bed.relays.first.next(behave.compressed(behave.stopAfterContent("end")));
			await bed.ask({ stream: true }).catch(() => {});
			const record = await bed.proxy.nextRecord();
			assert.ok(record.calls[0]?.error);
		});
	});
}

/** The text up to its last empty line. */
function wholeEvents(text: string): string {
	const end = Math.max(text.lastIndexOf("\n\n") + 2, text.lastIndexOf("\r\n\r\n") + 4);
	return text.slice(0, end < 4 ? 0 : end);
}

/** The rest of a stream: an error in the format's own shape, as a whole event. */
function assertErrorEvent(format: (typeof formats)[number], rest: string): void {
	assert.equal(wholeEvents(rest), rest);
	const events = rest.split(/\r?\n\r?\n/).filter(Boolean);
	const data = /^data: (.*)$/m.exec(events[0] ?? "")?.[1] ?? "";
	if (format === "codex") {
		const event = JSON.parse(data);
		assert.ok(["response.failed", "error"].includes(event.type), data);
		assert.match(events[0] ?? "", new RegExp(`^event: ${event.type.replace(".", "\\.")}$`, "m"));
		assert.match(event.response?.error.message ?? event.message, /first/);
		return;
	}
	if (format === "anthropic") assert.match(events[0] ?? "", /^event: error$/m);
	assert.ok(errorWord(format, data));
	assert.match(JSON.parse(data).error.message, /first/);
	assert.doesNotMatch(rest, /\[DONE\]|message_stop/);
}
