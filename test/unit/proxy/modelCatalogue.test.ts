import assert from "node:assert/strict";
import { Agent } from "undici";
import { formats } from "../../../src/accounts/account.ts";
import type { AccountLive, ModelRest, Rest } from "../../../src/bridge/accountLive.ts";
import type { ServedRelay } from "../../../src/bridge/protocol.ts";
import { ModelCatalogue } from "../../../src/proxy/modelCatalogue.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";

describe("the model catalogue", () => {
	const agent = new Agent();
	const ways: [origin: string, outboundProxy: string | null][] = [];
	const live = new Map<string, AccountLive>();
	let upstream: Upstream;
	let status = 200;
	const warnings: string[] = [];
	let catalogue: ModelCatalogue;
	before(async () => {
		upstream = await startUpstream((_, response) => {
			response.writeHead(status, { "content-type": "application/json" });
			response.end(JSON.stringify({ data: [{ id: "big-1", owned_by: "them" }, { id: "small-1" }] }));
		});
	});
	beforeEach(() => {
		status = 200;
		warnings.length = 0;
		ways.length = 0;
		live.clear();
		const to = (origin: string, outboundProxy: string | null) => {
			ways.push([origin, outboundProxy]);
			return agent;
		};
		catalogue = new ModelCatalogue(
			{ to },
			{ entriesOf: async () => new Map(), knownEntries: () => new Map() },
			(id) => live.get(id),
			(message) => warnings.push(message),
		);
	});
	after(async () => {
		await upstream.close();
		await agent.destroy();
	});

	const relay = (given: Parameters<typeof servedRelay>[0] = {}, key: string | null = "key") =>
		servedRelay({ baseUrl: `${upstream.origin}/v1`, ...given }, key);
	const replace = (relays: readonly ServedRelay[], modelAliases: Readonly<Record<string, string>> = {}) =>
		catalogue.replace(relays, { modelAliases, crossFormat: true });
	const known = () => catalogue.knownNames(["openai"], ["openai"]);
	const ids = async () => (await catalogue.list(["openai"])).map(({ id }) => id);

	it("gives a relay's own list where it allows all, asked for once", async () => {
		replace([relay()]);
		const before = upstream.requests.length;
		assert.deepEqual(await ids(), ["big-1", "small-1"]);
		assert.deepEqual(await ids(), ["big-1", "small-1"]);
		assert.equal(upstream.requests.length - before, 1);
	});

	it("asks once for callers that come together", async () => {
		replace([relay()]);
		const before = upstream.requests.length;
		await Promise.all([ids(), ids(), ids()]);
		assert.equal(upstream.requests.length - before, 1);
	});

	it("filters the list by patterns and adds names that are allowed or mapped", async () => {
		replace([relay({ allowedModels: ["small-*", "extra", "alias"], modelMap: { alias: "big-1", hidden: "big-1" } })]);
		assert.deepEqual(await ids(), ["small-1", "extra", "alias"]);
	});

	it("asks nobody where every allowed model has a name", async () => {
		replace([relay({ allowedModels: ["one", "two"] })]);
		const before = upstream.requests.length;
		assert.deepEqual(await ids(), ["one", "two"]);
		assert.equal(upstream.requests.length, before);
	});

	it("leaves out accounts that cannot answer, and lists a model of two accounts once", async () => {
		replace([
			relay({ label: "off", enabled: false, allowedModels: ["off"] }),
			relay({ label: "keyless", allowedModels: ["keyless"] }, null),
			relay({ label: "other", format: "gemini", allowedModels: ["other"] }),
			relay({ label: "a", allowedModels: ["shared", "a"] }),
			relay({ label: "b", allowedModels: ["shared", "b"], priority: 1 }),
		]);
		assert.deepEqual(await ids(), ["shared", "b", "a", "other"]);
	});

	it("lists relays in the order of the formats that the caller speaks", async () => {
		replace([
			relay({ format: "codex", allowedModels: ["gpt-codex"], priority: 1 }),
			relay({ format: "gemini", allowedModels: ["gemini-1"], priority: 9 }),
			relay({ allowedModels: ["own"] }),
		]);
		const listed = await catalogue.list(["openai", "codex"]);
		assert.deepEqual(
			listed.map(({ id }) => id),
			["own", "gpt-codex", "gemini-1"],
		);
	});

	it("lists relays of other formats last, and where the setting is off only those that speak codex", async () => {
		const relays = [
			relay({ format: "gemini", allowedModels: ["gemini-1"], priority: 9 }),
			relay({ format: "codex", allowedModels: ["gpt-codex"], priority: 1 }),
			relay({ allowedModels: ["own"] }),
		];
		replace(relays);
		assert.deepEqual(await ids(), ["own", "gemini-1", "gpt-codex"]);
		catalogue.replace(relays, { modelAliases: {}, crossFormat: false });
		assert.deepEqual(await ids(), ["own", "gpt-codex"]);
		assert.deepEqual(catalogue.knownNames(["openai"], formats), ["own", "gpt-codex"]);
		assert.deepEqual(known(), ["own"]);
	});

	it("asks anew when the account's key or URL changes, not when its label does", async () => {
		replace([relay({ id: "x" })]);
		await ids();
		const before = upstream.requests.length;
		replace([relay({ id: "x", label: "renamed" })]);
		await ids();
		assert.equal(upstream.requests.length, before);
		replace([relay({ id: "x" }, "new key")]);
		await ids();
		assert.equal(upstream.requests.length, before + 1);
	});

	it("says once that a list cannot be fetched, and goes on without it", async () => {
		status = 500;
		replace([relay({ label: "broken", allowedModels: ["named", "p-*"] })]);
		assert.deepEqual(await ids(), ["named"]);
		assert.deepEqual(await ids(), ["named"]);
		assert.deepEqual(warnings, ["The model list of “broken” could not be fetched (status)."]);
	});

	it("lists a model of a relay that gave its list in another shape in the client's own", async () => {
		replace([relay({ label: "r" })]);
		const [model] = await catalogue.list(["openai"]);
		assert.deepEqual(model?.entry, { id: "big-1", owned_by: "them" });
		assert.equal(model?.owner, "r");
	});

	it("knows names without asking", async () => {
		replace([relay({ allowedModels: null })]);
		assert.deepEqual(known(), []);
		await ids();
		assert.deepEqual(known(), ["big-1", "small-1"]);
	});

	it("knows no name that the account does not allow", async () => {
		replace([relay({ allowedModels: ["small-*"] })]);
		await ids();
		assert.deepEqual(known(), ["small-1"]);
	});

	it("asks for a list the way the account is reached", async () => {
		replace([relay({ id: "x", outboundProxy: "http://proxy.example:3128" })]);
		await ids();
		assert.deepEqual(ways, [[upstream.origin, "http://proxy.example:3128"]]);
		replace([relay({ id: "x" })]);
		await ids();
		assert.deepEqual(ways.at(-1), [upstream.origin, null]);
	});

	describe("with accounts that rest", () => {
		const minute = 60_000;
		const rest = (reason: Rest["reason"], until: number | null = Date.now() + minute): Rest => ({
			reason,
			until,
			status: null,
			detail: "",
		});
		const stand = (id: string, rest: Rest | null, modelRests: readonly ModelRest[] = [], inFlight = 0) =>
			live.set(id, {
				id,
				hasKey: true,
				inFlight,
				rest,
				modelRests,
				probing: rest !== null,
				lastChoice: null,
				models: null,
				quota: null,
			});

		it("keeps those that come back by themselves, and leaves out those that a person has to mend", async () => {
			replace([
				relay({ id: "limited", allowedModels: ["limited"] }),
				relay({ id: "failing", allowedModels: ["failing"] }),
				relay({ id: "busy", allowedModels: ["busy"], maxConcurrent: 1 }),
				relay({ id: "refused", allowedModels: ["refused"] }),
			]);
			stand("limited", rest("rateLimited"));
			stand("failing", rest("failing"));
			stand("busy", null, [], 1);
			stand("refused", rest("keyRefused", null));
			assert.deepEqual(await ids(), ["limited", "failing", "busy"]);
			assert.deepEqual(known(), ["limited", "failing", "busy"]);
		});

		it("leaves out a model that every account of it disowns, until the rest is over", async () => {
			replace([
				relay({ id: "a", allowedModels: ["both", "one", "limited"] }),
				relay({ id: "b", allowedModels: ["both", "one"] }),
			]);
			const unknown = (model: string): ModelRest => ({ ...rest("modelUnknown"), model });
			stand("a", rest("failing"), [unknown("both"), unknown("one"), { ...rest("rateLimited"), model: "limited" }]);
			stand("b", null, [unknown("both")]);
			assert.deepEqual(await ids(), ["limited", "one"]);
			stand("b", null, [{ ...rest("modelUnknown", Date.now() - 1), model: "both" }]);
			assert.deepEqual(await ids(), ["limited", "both", "one"]);
		});
	});

	describe("with global aliases", () => {
		it("lists those whose target somebody serves, after the models", async () => {
			replace([relay({ allowedModels: ["big-*"] })], { fast: "big-1", lost: "nowhere", other: "fast" });
			assert.deepEqual(await ids(), ["big-1", "fast"]);
			assert.deepEqual(known(), ["big-1", "fast"]);
		});

		it("takes the entry of the target's relay, without the name that it shows", async () => {
			replace([relay({ label: "named", allowedModels: ["x"] }), relay({ label: "listing" })], { fast: "big-1" });
			const alias = (await catalogue.list(["openai"])).find(({ id }) => id === "fast");
			assert.deepEqual([alias?.owner, alias?.entry], ["listing", { id: "big-1", owned_by: "them" }]);
		});

		it("follows a target that names an account", async () => {
			const relays = [
				relay({ label: "A", allowedModels: ["x"] }),
				relay({ label: "B", allowedModels: ["y"], priority: 1 }),
			];
			replace(relays, { mine: "A/x", wrong: "A/y", strange: "C/x" });
			assert.deepEqual(await ids(), ["y", "x", "mine"]);
		});

		it("hides a model of the same name, because requests go to the alias's target", async () => {
			const relays = [relay({ label: "A", allowedModels: ["x", "y"] }), relay({ label: "B", allowedModels: ["x"] })];
			replace(relays, { x: "B/x", y: "gone" });
			const models = await catalogue.list(["openai"]);
			assert.deepEqual(
				models.map(({ id, owner }) => [id, owner]),
				[["x", "B"]],
			);
		});

		it("believes a relay without a list of its own to have what an alias names", async () => {
			status = 404;
			replace([relay({ label: "silent" })], { fast: "unlisted", constructor: "also" });
			assert.deepEqual(await ids(), ["fast", "constructor"]);
			status = 200;
			replace([relay({ label: "listing" })], { fast: "unlisted" });
			assert.deepEqual(await ids(), ["big-1", "small-1"]);
		});
	});
});
