import assert from "node:assert/strict";
import { hangingAddress, refusingOrigin, unknownHost } from "../../support/hostileRelay/addresses.ts";
import { type Bed, basePaths, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { startHostileRelay } from "../../support/hostileRelay/hostileRelay.ts";
import { selfSigned } from "../../support/hostileRelay/selfSigned.ts";

/** An address, and what ends it. */
interface Place {
	readonly origin: string;
	close(): Promise<void>;
}

const nothingToClose = async () => {};

const places: readonly { readonly name: string; readonly open: () => Promise<Place>; readonly says: RegExp }[] = [
	{
		name: "a name that nobody knows",
		open: async () => ({ origin: unknownHost, close: nothingToClose }),
		says: /relay\.invalid is not known/,
	},
	{
		name: "a port where nobody listens",
		open: async () => ({ origin: await refusingOrigin(), close: nothingToClose }),
		says: /refuse|127\.0\.0\.1/i,
	},
	{ name: "an address where nobody accepts", open: hangingAddress, says: /connect|time|seconds/i },
	{
		name: "a certificate that nobody trusts",
		open: () => startHostileRelay({ certificate: selfSigned() }),
		says: /certificate|TLS|DEPTH_ZERO_SELF_SIGNED_CERT/i,
	},
	{
		name: "plain text where TLS is expected",
		open: async () => {
			const relay = await startHostileRelay();
			return { origin: relay.origin.replace("http:", "https:"), close: () => relay.close() };
		},
		says: /TLS|SSL/i,
	},
];

const clocks = { connect: 300, firstByte: 250, idle: 0 };

describe("a relay that cannot be reached", () => {
	for (const { name, open, says } of places) {
		describe(`because of ${name}`, () => {
			let place: Place;
			let bed: Bed<"first" | "second">;
			before(async () => {
				place = await open();
				const baseUrl = place.origin + basePaths.openai;
				bed = await startBed("openai", { first: { priority: 1, baseUrl }, second: {} }, { clocks }, { secondCall: 1 });
			});
			after(async () => {
				await bed.close();
				await place.close();
			});

			it("is passed over, and after three times left alone", async () => {
				const first = await Promise.all(["a", "b", "c"].map((text) => bed.ask({ text })));
				for (const [index, reply] of [...first, await bed.ask()].entries()) {
					assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
					assert.equal(reply.headers["x-relay-attempts"], index < 3 ? "2" : "1");
				}
				const { rest } = await bed.until("first", (live) => live.rest !== null);
				assert.deepEqual([rest?.reason, rest?.status], ["failing", null]);
				assert.match(rest?.detail ?? "", says);
			});

			it("is a 502 that says why when there is nobody else", async () => {
				bed.reset();
				const reply = await bed.ask({ model: "first/demo-openai-large" });
				assert.equal(reply.status, 502);
				assert.match(JSON.parse(reply.text).error.message, says);
				assert.match(JSON.parse(reply.text).error.message, /“first”/);
				assert.equal(reply.headers["x-relay-account"], "first");
			});
		});
	}
});

describe("a client that leaves while its relay is being connected to", () => {
	it("lets go of it at once, and nobody else is called", async () => {
		const place = await hangingAddress();
		const baseUrl = place.origin + basePaths.openai;
		const bed = await startBed("openai", { first: { priority: 1, baseUrl }, second: {} });
		try {
			const leaving = new AbortController();
			const begun = assert.rejects(bed.begin({}, leaving.signal));
			await bed.until("first", ({ inFlight }) => inFlight === 1);
			leaving.abort();
			await begun;
			const { status, calls } = await bed.proxy.nextRecord();
			assert.deepEqual([status, calls.map(({ error }) => error)], [499, [null]]);
			const { rest } = await bed.until("first", ({ inFlight }) => inFlight === 0);
			assert.equal(rest, null);
			assert.equal(bed.relays.second.calls.length, 0);
		} finally {
			await bed.close();
			await place.close();
		}
	});
});

describe("a relay that is silent", () => {
	let bed: Bed<"first" | "second">;
	before(async () => {
		bed = await startBed("openai", { first: { priority: 1 }, second: {} }, { clocks });
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	for (const [name, behaviour, stream] of [
		["from the beginning", behave.silence, false],
		["from the beginning of a stream", behave.silence, true],
		["after its headers", behave.stopAfterHead("silence"), false],
		["after the headers of a stream", behave.stopAfterHead("silence"), true],
		["but for comments", behave.commentsThenSilence, true],
	] as const) {
		it(`${name} is passed over when its time is up, and let go`, async () => {
			bed.relays.first.next(behaviour);
			const began = performance.now();
			const reply = await bed.ask({ stream });
			const took = performance.now() - began;
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
			assert.ok(took >= clocks.firstByte - 5, `${took} ms`);
			assert.equal(await bed.relays.first.calls[0]?.left, true);
		});
	}

	it("is left alone after three times", async () => {
		bed.relays.first.always(behave.silence);
		const replies = await Promise.all(["a", "b", "c"].map((text) => bed.ask({ text })));
		assert.deepEqual(new Set(replies.map(({ headers }) => headers["x-relay-account"])), new Set(["second"]));
		const { rest } = await bed.until("first", (live) => live.rest !== null);
		assert.deepEqual([rest?.reason, rest?.status], ["failing", null]);
	});

	it("after it has begun to answer is given all the time it wants", async () => {
		const gate = Promise.withResolvers<void>();
		bed.relays.first.next(
			behave.stream(({ opening, content, ending }) => [
				...opening,
				{ do: "pause", milliseconds: clocks.firstByte + 100 },
				...content,
				{ do: "await", settled: gate.promise },
				...ending,
				{ do: "end" },
			]),
		);
		const reply = await bed.begin({ stream: true });
		assert.equal(reply.headers["x-relay-account"], "first");
		gate.resolve();
		assert.equal(await reply.body.text(), bed.relays.first.calls[0]?.sent().toString());
	});

	it("while the client still sends its request is not blamed for it", async () => {
		// The clock runs from the end of the request; a long prompt on a slow way takes longer than a short clock.
		const reply = await bed.ask({ text: "x".repeat(8 * 1024 * 1024) });
		assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "1"]);
	});
});

describe("a stream that pauses", () => {
	it("is ended after the time that is set between bytes, and its client told", async () => {
		const bed = await startBed("openai", { first: { priority: 1 }, second: {} }, { clocks: { ...clocks, idle: 200 } });
		try {
			bed.relays.first.next(behave.stopAfterContent("silence"));
			const reply = await bed.ask({ stream: true });
			const sent = bed.relays.first.calls[0]?.sent().toString() ?? "";
			assert.ok(reply.text.startsWith(sent));
			assert.match(reply.text.slice(sent.length), /^data: \{"error":/);
			assert.equal(await bed.relays.first.calls[0]?.left, true);
		} finally {
			await bed.close();
		}
	});

	it("before its client has had anything is replaced", async () => {
		const bed = await startBed("openai", { first: { priority: 1 }, second: {} }, { clocks: { ...clocks, idle: 200 } });
		try {
			bed.relays.first.next(behave.stopAfterOpening("silence"));
			const reply = await bed.ask({ stream: true });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
		} finally {
			await bed.close();
		}
	});
});

describe("a connection that was kept alive", () => {
	it("and closed by the relay in between costs nobody anything", async () => {
		const bed = await startBed("openai", { first: { priority: 1 }, second: {} });
		try {
			bed.relays.first.always(behave.answerAndHangUp);
			for (let count = 0; count < 20; count += 1) {
				const reply = await bed.ask({ text: `${count}` });
				assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "1"]);
			}
		} finally {
			await bed.close();
		}
	});
});
