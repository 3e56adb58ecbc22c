import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { startProxy } from "../../support/proxyUnderTest.ts";
import { relaysOf } from "../../support/relayAccount.ts";
import { clientHeaders, plainRequests, send } from "../../support/wire.ts";

const refused = behave.status(401);

describe("an account whose key is refused", () => {
	let bed: Bed<"first" | "second">;
	beforeEach(async () => {
		bed = await startBed("openai", { first: { priority: 1 }, second: {} });
		bed.relays.first.next(refused);
		assert.equal(await asked(), "second");
	});
	afterEach(() => bed.close());

	const asked = async (text = "hi") => (await bed.ask({ text })).headers["x-relay-account"];

	it("is not called again, whoever asks and for what", async () => {
		for (const text of ["hi", "another conversation", "a third"]) assert.equal(await asked(text), "second");
		assert.equal((await bed.ask({ stream: true, model: "demo-openai-small" })).headers["x-relay-account"], "second");
		assert.equal(bed.relays.first.calls.length, 1);
		const { rest } = await bed.until("first", (live) => live.rest !== null);
		assert.deepEqual([rest?.reason, rest?.until, rest?.status], ["keyRefused", null, 401]);
	});

	it("is not called again when something else is changed", async () => {
		const { config, proxy } = bed.proxy;
		await proxy.configure({ ...config, pool: { ...config.pool, strategy: "fill-first" } });
		await proxy.configure({
			...config,
			accounts: relaysOf(config.accounts).map((served) => ({ ...served, account: { ...served.account, priority: 9 } })),
		});
		assert.equal(await asked(), "second");
	});

	it("is called again with a new key", async () => {
		const { config, proxy } = bed.proxy;
		const [first, ...others] = config.accounts;
		assert.ok(first);
		await proxy.configure({ ...config, accounts: [{ ...first, apiKey: "new-key" }, ...others] });
		const { path, body } = plainRequests.openai;
		await send(bed.proxy.origin + path, { headers: clientHeaders(bed.proxy.localKey), body });
		assert.equal(bed.relays.first.calls.at(-1)?.givenKey, "new-key");
		bed.relays.first.forget();
	});

	it("is called again when a person clears it", async () => {
		bed.proxy.proxy.clearCooldown("first");
		assert.equal(await asked(), "first");
		await bed.until("first", ({ rest }) => rest === null);
	});

	it("is called again after a restart", async () => {
		const { rest } = await bed.until("first", (live) => live.rest !== null);
		assert.ok(rest);
		const { port: _, ...config } = bed.proxy.config;
		const restarted = await startProxy(config.accounts, config);
		try {
			restarted.proxy.restore([{ accountId: "first", rest, model: null }]);
			const { path, body } = plainRequests.openai;
			const reply = await send(restarted.origin + path, { headers: clientHeaders(restarted.localKey), body });
			assert.equal(reply.headers["x-relay-account"], "first");
		} finally {
			await restarted.close();
		}
	});
});

describe("a rest that is not over after a restart", () => {
	it("goes on", async () => {
		const bed = await startBed("openai", { first: { priority: 1 }, second: {} });
		try {
			const rest = { reason: "outOfQuota", until: Date.now() + 60_000, status: 402, detail: "" } as const;
			bed.proxy.proxy.restore([{ accountId: "first", rest, model: null }]);
			assert.equal((await bed.ask()).headers["x-relay-account"], "second");
		} finally {
			await bed.close();
		}
	});
});

for (const format of formats) {
	describe(`a ${format} request for one token`, () => {
		let bed: Bed<"first" | "second">;
		before(async () => {
			bed = await startBed(format, { first: { priority: 1 }, second: {} });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		for (const [name, behaviour] of [
			["429", behave.status(429, { "retry-after": 9 })],
			["402", behave.status(402)],
			["quota words", behave.complain("outOfQuota")],
			["503 with Retry-After", behave.status(503, { "retry-after": 9 })],
			["an unknown model", behave.complain("modelUnknown")],
			["a reset", behave.resetAtOnce],
		] as const) {
			it(`cools nobody by ${name}, and the next account answers`, async () => {
				bed.relays.first.next(behaviour, behaviour, behaviour);
				for (let count = 0; count < 3; count += 1) {
					const probe = await bed.ask({ oneToken: true });
					assert.deepEqual([probe.status, probe.headers["x-relay-account"]], [200, "second"]);
				}
				assert.equal((await bed.ask()).headers["x-relay-account"], "first");
			});
		}

		it("takes an account out that refuses its key", async () => {
			bed.relays.first.next(refused);
			assert.equal((await bed.ask({ oneToken: true })).headers["x-relay-account"], "second");
			assert.equal((await bed.ask()).headers["x-relay-account"], "second");
			assert.equal(bed.relays.first.calls.length, 1);
		});
	});
}
