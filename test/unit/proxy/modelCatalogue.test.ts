import assert from "node:assert/strict";
import { ModelCatalogue } from "../../../src/proxy/modelCatalogue.ts";
import { openTransport } from "../../../src/proxy/transport.ts";
import { servedRelay } from "../../support/relayAccount.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";

describe("the model catalogue", () => {
	const transport = openTransport();
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
		catalogue = new ModelCatalogue(transport, (message) => warnings.push(message));
	});
	after(async () => {
		await upstream.close();
		await transport.destroy();
	});

	const relay = (given: Parameters<typeof servedRelay>[0] = {}, key: string | null = "key") =>
		servedRelay({ baseUrl: `${upstream.origin}/v1`, ...given }, key);
	const ids = async () => (await catalogue.list(["openai"])).map(({ id }) => id);

	it("gives a relay's own list where it allows all, asked for once", async () => {
		catalogue.replace([relay()]);
		const before = upstream.requests.length;
		assert.deepEqual(await ids(), ["big-1", "small-1"]);
		assert.deepEqual(await ids(), ["big-1", "small-1"]);
		assert.equal(upstream.requests.length - before, 1);
	});

	it("asks once for callers that come together", async () => {
		catalogue.replace([relay()]);
		const before = upstream.requests.length;
		await Promise.all([ids(), ids(), ids()]);
		assert.equal(upstream.requests.length - before, 1);
	});

	it("filters the list by patterns and adds names that are allowed or mapped", async () => {
		catalogue.replace([
			relay({ allowedModels: ["small-*", "extra", "alias"], modelMap: { alias: "big-1", hidden: "big-1" } }),
		]);
		assert.deepEqual(await ids(), ["small-1", "extra", "alias"]);
	});

	it("asks nobody where every allowed model has a name", async () => {
		catalogue.replace([relay({ allowedModels: ["one", "two"] })]);
		const before = upstream.requests.length;
		assert.deepEqual(await ids(), ["one", "two"]);
		assert.equal(upstream.requests.length, before);
	});

	it("leaves out accounts that cannot answer, and lists a model of two accounts once", async () => {
		catalogue.replace([
			relay({ label: "off", enabled: false, allowedModels: ["off"] }),
			relay({ label: "keyless", allowedModels: ["keyless"] }, null),
			relay({ label: "other", format: "gemini", allowedModels: ["other"] }),
			relay({ label: "a", allowedModels: ["shared", "a"] }),
			relay({ label: "b", allowedModels: ["shared", "b"], priority: 1 }),
		]);
		assert.deepEqual(await ids(), ["shared", "b", "a"]);
	});

	it("asks anew when the account's key or URL changes, not when its label does", async () => {
		catalogue.replace([relay({ id: "x" })]);
		await ids();
		const before = upstream.requests.length;
		catalogue.replace([relay({ id: "x", label: "renamed" })]);
		await ids();
		assert.equal(upstream.requests.length, before);
		catalogue.replace([relay({ id: "x" }, "new key")]);
		await ids();
		assert.equal(upstream.requests.length, before + 1);
	});

	it("says once that a list cannot be fetched, and goes on without it", async () => {
		status = 500;
		catalogue.replace([relay({ label: "broken", allowedModels: ["named", "p-*"] })]);
		assert.deepEqual(await ids(), ["named"]);
		assert.deepEqual(await ids(), ["named"]);
		assert.deepEqual(warnings, ["The model list of “broken” could not be fetched (status)."]);
	});

	it("lists a model of a relay that gave its list in another shape in the client's own", async () => {
		catalogue.replace([relay({ label: "r" })]);
		const [model] = await catalogue.list(["openai"]);
		assert.deepEqual(model?.entry, { id: "big-1", owned_by: "them" });
		assert.equal(model?.owner, "r");
	});

	it("knows names without asking", async () => {
		catalogue.replace([relay({ allowedModels: null })]);
		assert.deepEqual(catalogue.knownNames("openai"), []);
		await ids();
		assert.deepEqual(catalogue.knownNames("openai"), ["big-1", "small-1"]);
	});

	it("knows no name that the account does not allow", async () => {
		catalogue.replace([relay({ allowedModels: ["small-*"] })]);
		await ids();
		assert.deepEqual(catalogue.knownNames("openai"), ["small-1"]);
	});
});
