import assert from "node:assert/strict";
import { relayModelName } from "../../../src/pool/modelNames.ts";
import { relayAccount, servedRelay } from "../../support/relayAccount.ts";
import { keyRefused, labelOf, PoolUnderTest, rateLimited } from "./poolUnderTest.ts";

const relays = [
	servedRelay({ id: "1", label: "Home" }),
	servedRelay({ id: "2", label: "Work relay", allowedModels: ["gpt-*"] }),
	servedRelay({ id: "3", label: "a/b" }),
];
const resolve = (model: string, modelAliases = {}) => new PoolUnderTest(relays, { modelAliases }).pool.resolve(model);

describe("a model's name", () => {
	it("names an account where the part before the first slash is its label", () => {
		assert.deepEqual(resolve("Home/gpt-5"), { model: "gpt-5", named: "1" });
		assert.deepEqual(resolve("Work relay/vendor/gpt-5"), { model: "vendor/gpt-5", named: "2" });
	});

	it("is a name with a slash otherwise", () => {
		for (const model of ["openai/gpt-5", "home/gpt-5", "Home/", "/gpt-5", "a/b/gpt-5", "Home", ""]) {
			assert.deepEqual(resolve(model), { model, named: null });
		}
	});

	it("is looked up among the aliases first, once, and an alias may name an account", () => {
		const aliases = { fast: "Home/mini", mini: "other", "Home/x": "plain" };
		assert.deepEqual(resolve("fast", aliases), { model: "mini", named: "1" });
		assert.deepEqual(resolve("mini", aliases), { model: "other", named: null });
		assert.deepEqual(resolve("Home/x", aliases), { model: "plain", named: null });
		assert.deepEqual(resolve("constructor", aliases), { model: "constructor", named: null });
	});

	it("follows labels and aliases as they change", () => {
		const test = new PoolUnderTest(relays);
		test.configure([servedRelay({ id: "1", label: "Elsewhere" })], { modelAliases: { x: "Elsewhere/y" } });
		assert.deepEqual(test.pool.resolve("Home/x"), { model: "Home/x", named: null });
		assert.deepEqual(test.pool.resolve("x"), { model: "y", named: "1" });
	});

	it("is the relay's own where the account maps it", () => {
		const account = relayAccount({ modelMap: { a: "b" } });
		assert.deepEqual(
			["a", "b", "toString"].map((model) => relayModelName(account, model)),
			["b", "b", "toString"],
		);
	});
});

describe("a named account", () => {
	const pair = [servedRelay({ label: "a", maxConcurrent: 1 }), servedRelay({ label: "b", priority: 5 })];
	const whys = (passedOver: readonly { readonly label: string; readonly why: string }[]) =>
		passedOver.map(({ label, why }) => `${label} ${why}`);

	it("is taken against priority", () => {
		const test = new PoolUnderTest(pair);
		assert.equal(test.answer({ named: "a" }), "a");
		assert.deepEqual(whys(test.notes[0]?.passedOver ?? []), ["b otherNamed"]);
	});

	it("is taken against affinity, and does not move the conversation", () => {
		const test = new PoolUnderTest(["a", "b"].map((label) => servedRelay({ label })));
		const conversation = "k";
		const asked = [
			test.answer({ conversation }),
			test.answer({ conversation, named: "b" }),
			test.answer({ conversation }),
		];
		assert.deepEqual(asked, ["a", "b", "a"]);
	});

	it("is waited for while it is busy, though another is free", async () => {
		const test = new PoolUnderTest(pair);
		const held = test.lease({ named: "a" });
		const waiting = test.wait({ named: "a" });
		held.end({ kind: "answered" });
		assert.equal(labelOf((await waiting.end("lease")).lease), "a");
	});

	it("cools, does not serve, or is exhausted by itself", () => {
		const test = new PoolUnderTest(pair);
		test.fail(rateLimited(60), { named: "a" });
		const cooling = test.refusal("cooling", { named: "a" });
		assert.equal(cooling.until, test.clock.time + 60_000);
		assert.deepEqual(whys(cooling.passedOver), ["a resting", "b otherNamed"]);
		test.refusal("exhausted", { named: "a" }, ["a"]);
		test.pool.clear("a");
		test.fail(keyRefused(), { named: "a" });
		assert.deepEqual(whys(test.refusal("noneServes", { named: "a" }).passedOver), ["a resting", "b otherNamed"]);
		assert.deepEqual(whys(test.refusal("noneServes", { named: "b", format: "gemini" }).passedOver), [
			"a otherNamed",
			"b otherFormat",
		]);
	});

	it("never gives way to another when it is gone", () => {
		const test = new PoolUnderTest(pair);
		test.refusal("noneServes", { named: "gone" });
	});
});
