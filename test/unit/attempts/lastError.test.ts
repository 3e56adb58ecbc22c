import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { poolSettings } from "../../support/proxyUnderTest.ts";
import { errorWord } from "../../support/wire.ts";

for (const format of formats) {
	describe(`when every ${format} account has failed`, () => {
		let bed: Bed<"first" | "second" | "third">;
		before(async () => {
			bed = await startBed(format, { first: { priority: 2 }, second: { priority: 1 }, third: {} });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		it("the last error reaches the client unchanged", async () => {
			bed.relays.first.always(behave.status(500));
			bed.relays.second.always(behave.complain("outOfQuota"));
			const headers = { "retry-after": "7", "x-request-id": "req-7", "set-cookie": "a=b" };
			bed.relays.third.always(behave.complain("rateLimited", null, headers));
			for (const stream of [false, true]) {
				const reply = await bed.ask({ stream });
				assert.equal(reply.status, 429);
				assert.ok(reply.body.equals(bed.relays.third.calls[0]?.sent() ?? Buffer.alloc(0)));
				assert.equal(reply.headers["content-type"], "application/json");
				assert.deepEqual([reply.headers["retry-after"], reply.headers["x-request-id"]], ["7", "req-7"]);
				assert.equal(reply.headers["set-cookie"], undefined);
				assert.equal(reply.headers["x-relay-account"], "third");
				assert.equal(reply.headers["x-relay-attempts"], "3");
				for (const relay of Object.values(bed.relays)) assert.equal(relay.calls.length, 1);
				bed.proxy.proxy.clearCooldown(null);
				for (const relay of Object.values(bed.relays)) relay.forget();
			}
		});

		it("a compressed error stays compressed", async () => {
			for (const relay of [bed.relays.first, bed.relays.second]) relay.always(behave.status(500));
			bed.relays.third.always(behave.compressed(behave.complain("serverError")));
			const reply = await bed.ask();
			assert.deepEqual([reply.status, reply.headers["content-encoding"]], [500, "gzip"]);
			assert.ok(JSON.parse(gunzipSync(reply.body).toString()).error);
		});

		it("a stream that is an error reaches the client as it is", async () => {
			for (const relay of [bed.relays.first, bed.relays.second]) relay.always(behave.status(500));
			bed.relays.third.always(behave.errorAfterOpening("serverError"));
			const reply = await bed.ask({ stream: true });
			assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "3"]);
			assert.equal(reply.text, bed.relays.third.calls[0]?.sent().toString());
		});

		for (const [name, behaviour] of [
			["a web page", behave.webPage(403, true)],
			["a web page of status 200", behave.webPage(200, false)],
			["a connection that breaks", behave.resetAtOnce],
			["an empty 200", behave.emptyJson],
			["a reply that breaks off", behave.stopAfterHead("reset")],
		] as const) {
			it(`${name} becomes a 502 in the client's shape`, async () => {
				for (const relay of [bed.relays.first, bed.relays.second]) relay.always(behave.status(500));
				bed.relays.third.always(behaviour);
				for (const stream of [false, true]) {
					const reply = await bed.ask({ stream });
					assert.equal(reply.status, 502, reply.text);
					assert.ok(errorWord(format, reply.text));
					assert.match(JSON.parse(reply.text).error.message, /third/);
					assert.equal(reply.headers["x-relay-account"], "third");
					assert.equal(reply.headers["x-relay-attempts"], "3");
				}
			});
		}
	});
}

describe("a relay's key that stands in its error", () => {
	let bed: Bed<"only">;
	before(async () => {
		bed = await startBed("openai", { only: {} });
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	const quoting = (status: number) =>
		behave.whole(status, '{"error":{"message":"Wrong: key-of-only!"}}', {
			"content-type": "application/json",
			"www-authenticate": "Bearer key-of-only",
		});
	const masked = { error: { message: "Wrong: ***********!" } };

	for (const [name, behaviour] of [
		["a refused key", quoting(401)],
		["an error that is passed on", quoting(400)],
		["a compressed error", behave.compressed(quoting(401))],
		["a compressed error that is passed on", behave.compressed(quoting(400))],
	] as const) {
		it(`is kept from the client: ${name}`, async () => {
			bed.relays.only.next(behaviour);
			const reply = await bed.ask();
			assert.deepEqual(JSON.parse(reply.text), masked);
			assert.equal(reply.headers["www-authenticate"], "Bearer ***********");
			await bed.proxy.nextRecord();
			assert.ok(!JSON.stringify(bed.proxy.events).includes("key-of-only"));
		});
	}

	it("is no reason to lose sight of a compressed stream that is passed on", async () => {
		bed.relays.only.next(behave.compressed(behave.errorFirst("requestInvalid")));
		const reply = await bed.ask({ stream: true });
		assert.deepEqual([reply.status, reply.headers["content-encoding"]], [200, "gzip"]);
		assert.match(gunzipSync(reply.body).toString(), /"error"/);
	});

	it("is kept from the client: an error event that begins a stream", async () => {
		bed.relays.only.next(
			behave.stream(() => ['data: {"error":{"code":"invalid_api_key","message":"key-of-only"}}\n\n', { do: "end" }]),
		);
		const reply = await bed.ask({ stream: true });
		assert.match(reply.text, /"message":"\*{11}"/);
	});
});

describe("an account that cannot even be called", () => {
	it("gives its place back", async () => {
		const bed = await startBed("openai", { only: { baseUrl: "nowhere" } });
		try {
			assert.equal((await bed.ask()).status, 500);
			await bed.until("only", ({ inFlight, lastChoice }) => lastChoice !== null && inFlight === 0);
		} finally {
			await bed.close();
		}
	});
});

describe("the number of calls for one request", () => {
	it("is what the setting says, each on another account", async () => {
		const bed = await startBed(
			"openai",
			{ first: { priority: 2 }, second: { priority: 1 }, third: {} },
			{ pool: { ...poolSettings, maxAttempts: 2 } },
		);
		try {
			for (const relay of Object.values(bed.relays)) relay.always(behave.status(500));
			const reply = await bed.ask();
			assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [500, "2"]);
			assert.equal(reply.headers["x-relay-account"], "second");
			assert.deepEqual(
				Object.values(bed.relays).map(({ calls }) => calls.length),
				[1, 1, 0],
			);
			const { calls, account } = await bed.proxy.nextRecord();
			assert.deepEqual(
				calls.map(({ label, status, error }) => [label, status, error !== null]),
				[
					["first", 500, true],
					["second", 500, true],
				],
			);
			assert.equal(account?.label, "second");
		} finally {
			await bed.close();
		}
	});
});

describe("the only account there is", () => {
	let bed: Bed<"only">;
	before(async () => {
		bed = await startBed("openai", { only: {} }, {}, { secondCall: 50 });
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	for (const [name, behaviour] of [
		["500", behave.status(500)],
		["a reset", behave.resetAtOnce],
		["a web page", behave.webPage(502, true)],
		["an overloaded relay", behave.complain("overloaded")],
	] as const) {
		it(`is called once more after ${name}`, async () => {
			bed.relays.only.next(behaviour);
			const began = performance.now();
			const reply = await bed.ask();
			assert.equal(reply.status, 200);
			assert.ok(performance.now() - began >= 49);
			assert.equal(reply.headers["x-relay-attempts"], "2");
			assert.equal(reply.headers["x-relay-account"], "only");
			assert.equal(bed.relays.only.calls.length, 2);
		});
	}

	it("is not called a third time", async () => {
		bed.relays.only.next(behave.status(500), behave.status(503));
		const reply = await bed.ask();
		assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [503, "2"]);
	});

	for (const [name, behaviour, status] of [
		["429", behave.status(429), 429],
		["401", behave.status(401), 401],
		["402", behave.status(402), 402],
		["400", behave.complain("requestInvalid"), 400],
		["an unknown model", behave.complain("modelUnknown"), 404],
		["503 with a long Retry-After", behave.status(503, { "retry-after": 60 }), 503],
	] as const) {
		it(`is called once only after ${name}, and the client learns at once`, async () => {
			bed.relays.only.always(behaviour);
			const reply = await bed.ask();
			assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [status, "1"]);
			assert.equal(bed.relays.only.calls.length, 1);
		});
	}
});
