import assert from "node:assert/strict";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { startUpstream } from "../../support/upstream.ts";
import { OpenForm, openWorld, type World } from "./openForm.ts";

describe("relay form", () => {
	let world: World;
	let demo: DemoRelay;

	before(async () => {
		demo = await startDemoRelay();
	});
	after(() => demo.close());
	beforeEach(async () => {
		world = await openWorld();
	});
	afterEach(() => world.close());

	const valid = () =>
		({ label: "Demo", format: "openai", baseUrl: demo.origin, apiKey: demoKeys.openai, priority: "2" }) as const;

	it("saves a relay with what was typed, a pending model included", async () => {
		const form = await new OpenForm(world).show();
		await form.type({
			...valid(),
			allowedModels: ["gpt-5"],
			pendingModel: "o4*, o3",
			headers: [{ name: "X-A", value: "1" }],
		});
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, []);
		assert.equal(form.saved?.kind, "added");
		const [account] = world.book.accounts;
		assert.ok(account?.type === "relay");
		assert.equal(account.baseUrl, `${demo.origin}/v1`);
		assert.deepEqual(account.allowedModels, ["gpt-5", "o4*", "o3"]);
		assert.deepEqual(account.headers, { "X-A": "1" });
		assert.equal(account.priority, 2);
		assert.equal(world.vault.apiKeyOf(account.id), demoKeys.openai);
	});

	it("shows every problem at its field, moves the focus once and forgets a problem when its field is edited", async () => {
		const form = await new OpenForm(world).show();
		await form.type({ headers: [{ name: "Host", value: "x" }] });
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, [
			"label: labelEmpty",
			"baseUrl: urlEmpty",
			"apiKey: keyEmpty",
			"headers: headerReserved Host",
		]);
		assert.equal(form.state.problems.focus, true);
		await form.type({ label: "Demo" });
		assert.deepEqual(form.problems.slice(0, 1), ["baseUrl: urlEmpty"]);
		assert.equal(form.state.problems.focus, false);
		assert.equal(form.saved, null);
	});

	it("refuses two rows of one header name, whatever their case", async () => {
		const form = await new OpenForm(world).show();
		const headers = [
			{ name: "X-A", value: "1" },
			{ name: "x-a ", value: "2" },
		];
		await form.type({ ...valid(), headers });
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, ["headers: twice X-A"]);
	});

	it("keeps everything typed, the key included, when its page is loaded again", async () => {
		const form = await new OpenForm(world).show();
		await form.type({ ...valid(), testModel: "gpt-5" });
		await form.show();
		const start = form.posted.findLast((message) => message.type === "start");
		assert.ok(start?.type === "start");
		assert.equal(start.draft.apiKey, demoKeys.openai);
		assert.equal(start.draft.testModel, "gpt-5");
	});

	it("shows the URL that will be called while it is typed", async () => {
		const form = await new OpenForm(world).show();
		await form.type({ baseUrl: "https://chat.example/backend-api", format: "codex" });
		assert.deepEqual(form.state.url.line, { kind: "calls", url: "https://chat.example/backend-api/codex/responses" });
		await form.type({ baseUrl: "https://chat.example/v1" });
		assert.deepEqual(form.state.url.line, { kind: "calls", url: "https://chat.example/v1/responses" });
		await form.type({ baseUrl: "chat.example", format: "gemini" });
		assert.deepEqual(form.state.url.line, {
			kind: "problem",
			text: "urlNoScheme https://chat.example",
			suggestion: "https://chat.example",
		});
	});

	it("asks for an explicit yes to http on another machine, and anew when the URL changes", async () => {
		const form = await new OpenForm(world).show();
		await form.type({ ...valid(), baseUrl: "http://relay.example" });
		assert.equal(form.state.url.plainHttp, "plain http to relay.example");
		await form.type({ allowPlainHttp: true });
		await form.type({ baseUrl: "http://other.example" });
		await form.send({ type: "test" });
		assert.deepEqual(form.problems, ["baseUrl: urlPlainHttp other.example"]);
	});

	it("says that a host does not answer, and saves it anyway when told to", async () => {
		const closed = await startUpstream(() => undefined);
		await closed.close();
		const form = await new OpenForm(world).show();
		await form.type({ ...valid(), baseUrl: closed.origin });
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, [`baseUrl: hostUnreachable 127.0.0.1:${closed.port}`]);
		assert.deepEqual(form.state.problems.problems[0]?.offers, [{ action: "saveAnyway", label: "save anyway" }]);
		await form.take("saveAnyway");
		assert.equal(form.saved?.kind, "added");
	});

	it("tells a taken label before it looks for the host", async () => {
		await world.addRelay({ label: "Demo", format: "openai", baseUrl: "https://other.example", apiKey: "k" });
		const form = await new OpenForm(world).show();
		await form.type(valid());
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, ["label: labelTaken Demo"]);
	});

	it("lists the relay's models and tests with the first allowed one", async () => {
		const form = await new OpenForm(world).show();
		await form.type(valid());
		await form.send({ type: "fetchModels" });
		const { models } = form.state;
		assert.ok(models.kind === "list" && models.models.length > 0);
		const model = models.models[0] ?? "";
		await form.type({ allowedModels: [model] });
		await form.send({ type: "test" });
		assert.ok(form.state.test.kind === "done");
		assert.equal(form.state.test.outcome, "good");
		assert.match(form.state.test.text, new RegExp(`^ok ${model}: .`));
	});

	it("names the fault of a test and keeps what was typed", async () => {
		const form = await new OpenForm(world).show();
		await form.type({ ...valid(), apiKey: "wrong-key", label: "" });
		await form.send({ type: "test" });
		assert.deepEqual(form.state.test, { kind: "done", outcome: "fault", text: "keyRefused" });
		assert.equal(form.draft.apiKey, "wrong-key");
		await form.type({ apiKey: "another-key" });
		assert.deepEqual(form.state.test, { kind: "idle" });
	});

	it("cancels a test and a list that take long", async () => {
		const silent = await startUpstream(() => undefined);
		try {
			const form = await new OpenForm(world).show();
			await form.type({ ...valid(), baseUrl: silent.origin, testModel: "m" });
			const test = form.send({ type: "test" });
			const list = form.send({ type: "fetchModels" });
			assert.equal(form.state.test.kind, "asking");
			assert.equal(form.state.models.kind, "asking");
			await form.send({ type: "cancelTest" });
			await form.send({ type: "cancelFetch" });
			await Promise.all([test, list]);
			assert.deepEqual(form.state.test, { kind: "done", outcome: "cancelled", text: "cancelled" });
			assert.deepEqual(form.state.models, { kind: "idle" });
		} finally {
			await silent.close();
		}
	});

	it("drops the answer to a question that an edit has overtaken", async () => {
		const silent = await startUpstream(() => undefined);
		try {
			const form = await new OpenForm(world).show();
			await form.type({ ...valid(), baseUrl: silent.origin, testModel: "m" });
			const test = form.send({ type: "test" });
			await form.type({ testModel: "other" });
			await test;
			assert.deepEqual(form.state.test, { kind: "idle" });
		} finally {
			await silent.close();
		}
	});
});
