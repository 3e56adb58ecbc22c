import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import { poolSettings } from "../../support/proxyUnderTest.ts";

const small = "demo-openai-small";
const large = "demo-openai-large";

describe("a model that names its account", () => {
	let bed: Bed<"first" | "second">;
	before(async () => {
		bed = await startBed(
			"openai",
			{ first: { priority: 1 }, second: { modelMap: { mapped: small } } },
			{ pool: { ...poolSettings, modelAliases: { quick: small, mine: `second/${small}`, both: "second/mapped" } } },
		);
	});
	beforeEach(() => bed.reset());
	after(() => bed.close());

	const modelSent = (name: "first" | "second") =>
		JSON.parse(bed.relays[name].calls.at(-1)?.request.body.toString() ?? "").model;

	it("goes to that account, without the label, however good the others are", async () => {
		assert.equal((await bed.ask({ model: `second/${large}` })).headers["x-relay-account"], "second");
		assert.equal(modelSent("second"), large);
	});

	it("never falls over: its failures reach the client", async () => {
		for (const [behaviour, status] of [
			[behave.status(429, { "retry-after": 60 }), 429],
			[behave.status(429, { "retry-after": 60 }), 429],
			[behave.status(401), 401],
			[behave.complain("modelUnknown"), 404],
		] as const) {
			bed.reset();
			bed.relays.second.always(behaviour);
			const reply = await bed.ask({ model: `second/${large}` });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [status, "second"]);
			// Nor does the next one, while it rests.
			const next = await bed.ask({ model: `second/${large}` });
			assert.notEqual(next.status, 200);
			assert.deepEqual([bed.relays.first.calls.length, bed.relays.second.calls.length], [0, 1]);
		}
	});

	it("is a model of its own where no account has the label", async () => {
		bed.relays.first.next(behave.complain("requestInvalid"));
		await bed.ask({ model: "nobody/model" });
		assert.equal(modelSent("first"), "nobody/model");
	});

	it("may stand behind an alias, and be mapped then", async () => {
		await bed.ask({ model: "quick" });
		assert.equal(modelSent("first"), small);
		assert.equal((await bed.ask({ model: "mine" })).headers["x-relay-account"], "second");
		assert.equal(modelSent("second"), small);
		assert.equal((await bed.ask({ model: "both" })).headers["x-relay-account"], "second");
		assert.equal(modelSent("second"), small);
	});

	it("is cut out of a Gemini path too", async () => {
		const gemini = await startBed("gemini", { first: { priority: 1 }, second: {} });
		try {
			const reply = await gemini.ask({ model: "second/demo-gemini-large" });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [200, "second"]);
			assert.equal(gemini.relays.second.calls[0]?.model, "demo-gemini-large");
		} finally {
			await gemini.close();
		}
	});
});

describe("a request that moves to another account", () => {
	it("takes that account's own name for the model, key, headers and address", async () => {
		const bed = await startBed("openai", {
			first: { priority: 2, modelMap: { wanted: "name-at-first" }, headers: { "x-tenant": "first" } },
			second: { priority: 1, modelMap: { wanted: large }, headers: { "x-group": "second" }, auth: "api-key" },
		});
		try {
			bed.relays.first.next(behave.status(500));
			const reply = await bed.ask({ model: "wanted" });
			assert.deepEqual([reply.status, reply.headers["x-relay-account"]], [401, "second"]);
			const [[first], [second]] = [bed.relays.first.calls, bed.relays.second.calls];
			assert.deepEqual([first?.model, second?.model], ["name-at-first", large]);
			assert.equal(first?.request.headers["x-tenant"], "first");
			assert.equal(first?.request.headers["x-group"], undefined);
			assert.equal(second?.request.headers["x-tenant"], undefined);
			assert.equal(second?.request.headers["x-group"], "second");
			assert.equal(second?.request.headers["api-key"], "key-of-second");
			assert.equal(second?.request.headers.authorization, undefined);
		} finally {
			await bed.close();
		}
	});
});

describe("accounts of other formats", () => {
	const names = ["codex", "openai", "gemini"] as const;
	const bedWith = (crossFormat: boolean, maxAttempts = poolSettings.maxAttempts) =>
		startBed(
			"anthropic",
			{
				own: {},
				openai: { format: "openai", priority: 2, modelMap: { "demo-anthropic-large": "demo-openai-large" } },
				gemini: { format: "gemini", priority: 1 },
				codex: { format: "codex", modelMap: { "demo-anthropic-large": "demo-codex-large" } },
			},
			{ pool: { ...poolSettings, crossFormat, maxAttempts } },
		);
	const calls = (bed: Bed<"own" | (typeof names)[number]>) => names.map((name) => bed.relays[name].calls.length);

	it("are called once nobody else is well: the one that speaks codex first, then by priority", async () => {
		const bed = await bedWith(true);
		try {
			assert.equal((await bed.ask()).headers["x-relay-account"], "own");
			assert.deepEqual(calls(bed), [0, 0, 0]);
			bed.relays.own.always(behave.status(401));
			assert.equal((await bed.ask()).headers["x-relay-account"], "codex");
			bed.relays.codex.always(behave.status(401));
			assert.equal((await bed.ask()).headers["x-relay-account"], "openai");
			assert.deepEqual(calls(bed), [2, 1, 0]);
		} finally {
			await bed.close();
		}
	});

	it("do not hide by lacking the model why the others failed", async () => {
		const bed = await bedWith(true);
		try {
			for (const name of ["own", "codex", "openai"] as const) {
				bed.relays[name].always(behave.status(429, { "retry-after": 60 }));
			}
			const refused = await bed.ask();
			assert.deepEqual(calls(bed), [1, 1, 1]);
			assert.deepEqual([refused.status, refused.headers["x-relay-account"]], [429, "openai"]);
			assert.equal((await bed.proxy.nextRecord()).account?.label, "openai");
		} finally {
			await bed.close();
		}
	});

	it("do not hide by lacking the model that those who have it rest", async () => {
		const bed = await bedWith(true, 3);
		try {
			for (const name of ["own", "codex", "openai"] as const) {
				bed.relays[name].always(behave.status(429, { "retry-after": 60 }));
			}
			await bed.ask();
			assert.equal(bed.relays.gemini.calls.length, 0);
			const refused = await bed.ask();
			assert.equal(bed.relays.gemini.calls.length, 1);
			assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "60"]);
		} finally {
			await bed.close();
		}
	});

	it("are not called where the setting is off, but for those that speak codex", async () => {
		const bed = await bedWith(false);
		try {
			bed.relays.own.always(behave.status(401));
			bed.relays.codex.always(behave.status(401));
			assert.notEqual((await bed.ask()).status, 200);
			assert.deepEqual(calls(bed), [1, 0, 0]);
		} finally {
			await bed.close();
		}
	});
});

describe("a conversation", () => {
	let bed: Bed<"a" | "b" | "c">;
	beforeEach(async () => {
		bed = await startBed("openai", { a: {}, b: {}, c: {} });
	});
	afterEach(() => bed.close());

	const asked = async (text: string, headers: Record<string, string> = {}) => {
		const reply = await bed.ask({ text, headers });
		assert.equal(reply.status, 200);
		return String(reply.headers["x-relay-account"]) as "a" | "b" | "c";
	};

	it("stays with its account, while others spread", async () => {
		const home = await asked("one");
		const others = new Set<string>();
		for (let count = 0; count < 6; count += 1) {
			others.add(await asked(`other ${count}`));
			assert.equal(await asked("one"), home);
		}
		assert.ok(others.size > 1);
	});

	it("is known by its header, whatever it says", async () => {
		for (const name of ["x-claude-code-session-id", "session-id", "x-session-affinity"]) {
			const home = await asked("begin", { [name]: `session of ${name}` });
			for (let count = 0; count < 6; count += 1) {
				assert.equal(await asked(`turn ${count}`, { [name]: `session of ${name}` }), home);
			}
		}
	});

	it("moves when its account fails, and stays where it has moved", async () => {
		const home = await asked("one");
		bed.relays[home].next(behave.status(429, { "retry-after": 1 }));
		const refuge = await asked("one");
		assert.notEqual(refuge, home);
		const { rest } = await bed.until(home, (live) => live.rest !== null);
		await pause((rest?.until ?? 0) - Date.now() + 1);
		for (let count = 0; count < 4; count += 1) assert.equal(await asked("one"), refuge);
		// The old home is well: others go there.
		const others = new Set<string>();
		for (let count = 0; count < 6; count += 1) others.add(await asked(`other ${count}`));
		assert.ok(others.has(home));
	});

	it("returns to an account of higher priority when that is back", async () => {
		const ranked = await startBed("openai", { high: { priority: 1 }, low: {} });
		try {
			ranked.relays.high.next(behave.status(429, { "retry-after": 60 }));
			assert.equal((await ranked.ask()).headers["x-relay-account"], "low");
			assert.equal((await ranked.ask()).headers["x-relay-account"], "low");
			ranked.proxy.proxy.clearCooldown("high");
			assert.equal((await ranked.ask()).headers["x-relay-account"], "high");
		} finally {
			await ranked.close();
		}
	});
});

describe("a strategy", () => {
	const order = async (strategy: "round-robin" | "fill-first" | "least-used") => {
		const bed = await startBed("openai", { a: {}, b: {}, c: {} }, { pool: { ...poolSettings, strategy } });
		try {
			const chosen: string[] = [];
			for (let count = 0; count < 6; count += 1) {
				chosen.push(String((await bed.ask({ text: `${count}` })).headers["x-relay-account"]));
			}
			return chosen;
		} finally {
			await bed.close();
		}
	};

	it("takes turns", async () => {
		const chosen = await order("round-robin");
		assert.deepEqual(chosen.slice(3), chosen.slice(0, 3));
		assert.deepEqual(new Set(chosen), new Set(["a", "b", "c"]));
	});

	it("fills one first", async () => {
		assert.equal(new Set(await order("fill-first")).size, 1);
	});

	it("evens out", async () => {
		const chosen = await order("least-used");
		for (const name of ["a", "b", "c"]) assert.equal(chosen.filter((one) => one === name).length, 2);
	});
});
