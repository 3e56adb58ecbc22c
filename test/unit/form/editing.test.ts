import assert from "node:assert/strict";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { OpenForm, openWorld, type World } from "./openForm.ts";

describe("relay form of a saved account", () => {
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

	const addDemo = () =>
		world.addRelay({
			...{ label: "Demo", format: "openai", baseUrl: demo.origin, apiKey: demoKeys.openai },
			...{ modelMap: { mine: "theirs" }, enabled: false },
		});

	it("keeps the saved key and whatever has no field when the key field is empty", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		assert.equal(form.state.url.key, "saved");
		await form.type({ label: "Renamed" });
		await form.send({ type: "save" });
		assert.equal(form.saved?.kind, "updated");
		assert.deepEqual(world.book.accounts, [{ ...account, label: "Renamed" }]);
		assert.equal(world.vault.apiKeyOf(account.id), demoKeys.openai);
	});

	it("never sends a saved key to the page", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await form.type({ priority: "3", testModel: "m" });
		await form.send({ type: "test" });
		await form.send({ type: "fetchModels" });
		await form.send({ type: "save" });
		assert.ok(form.posted.length > 5);
		assert.equal(JSON.stringify(form.posted).includes(demoKeys.openai), false);
	});

	it("tests with the saved key on the saved host, and with none on another", async () => {
		const account = await addDemo();
		const other = await startDemoRelay();
		try {
			const form = await new OpenForm(world, { account }).show();
			await form.send({ type: "test" });
			assert.ok(form.state.test.kind === "done" && form.state.test.outcome === "good");
			await form.type({ baseUrl: other.origin });
			assert.equal(form.state.url.key, "otherHost");
			await form.send({ type: "test" });
			assert.deepEqual(form.problems, ["apiKey: keyEmpty"]);
			await form.send({ type: "fetchModels" });
			await form.send({ type: "save" });
			assert.deepEqual(form.problems, ["apiKey: keyEmpty"]);
			assert.deepEqual(other.requests, []);
			assert.equal(form.saved, null);
		} finally {
			await other.close();
		}
	});

	it("saves other changes while this window lacks the key, but does not test without it", async () => {
		const account = await addDemo();
		await world.vault.deleteApiKey(account.id);
		const form = await new OpenForm(world, { account }).show();
		assert.equal(form.state.url.key, "missing");
		await form.send({ type: "test" });
		assert.deepEqual(form.problems, ["apiKey: keyEmpty"]);
		await form.type({ label: "Renamed" });
		await form.send({ type: "save" });
		assert.equal(form.saved?.kind, "updated");
	});

	it("does not bring back an account that was removed meanwhile unless asked to", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await world.relays.remove(account.id);
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, ["form: gone"]);
		assert.deepEqual(world.book.accounts, []);
		await form.take("saveAsNew");
		assert.deepEqual(form.titles, ["add"]);
		assert.deepEqual(form.problems, ["apiKey: keyEmpty"]);
		await form.type({ apiKey: demoKeys.openai });
		await form.send({ type: "save" });
		assert.equal(form.saved?.kind, "added");
		assert.deepEqual(form.saved.account.modelMap, { mine: "theirs" });
		assert.equal(form.saved.account.enabled, false);
	});

	it("says that an account was changed elsewhere, and replaces those changes only when told to", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await world.relays.rename(account.id, "Renamed elsewhere");
		await form.type({ priority: "9" });
		await form.send({ type: "save" });
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, ["form: changed elsewhere"]);
		await form.take("replace");
		assert.deepEqual(world.book.accounts, [{ ...account, priority: 9 }]);
	});

	it("shows the values saved elsewhere and keeps a key typed here", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await world.relays.rename(account.id, "Renamed elsewhere");
		await form.type({ label: "Mine", apiKey: "typed-key" });
		await form.send({ type: "save" });
		await form.take("loadSaved");
		assert.equal(form.draft.label, "Renamed elsewhere");
		assert.equal(form.draft.apiKey, "typed-key");
		assert.deepEqual(form.titles, ["edit Renamed elsewhere"]);
		assert.deepEqual(form.problems, []);
	});

	it("takes an account that was only switched off elsewhere as unchanged", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await world.relays.setEnabled(account.id, true);
		await form.type({ priority: "1" });
		await form.send({ type: "save" });
		assert.deepEqual(world.book.accounts, [{ ...account, enabled: true, priority: 1 }]);
	});
});
