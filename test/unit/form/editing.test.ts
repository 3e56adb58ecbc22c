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

	it("saves and takes away a limit and a proxy, and says what is wrong with them at their fields", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await form.type({ maxConcurrent: "0", outboundProxy: "http://me:secret@proxy.example" });
		await form.send({ type: "save" });
		assert.deepEqual(form.problems, ["maxConcurrent: maxConcurrentInvalid", "outboundProxy: proxyUserInfo"]);
		await form.type({ maxConcurrent: " 4 " });
		assert.deepEqual(form.problems, ["outboundProxy: proxyUserInfo"]);
		await form.type({ outboundProxy: " socks5://proxy.example:1080 " });
		await form.send({ type: "save" });
		assert.deepEqual(world.book.accounts, [
			{ ...account, maxConcurrent: 4, outboundProxy: "socks5://proxy.example:1080" },
		]);
		const [changed] = world.book.accounts;
		assert.ok(changed?.type === "relay");
		const again = await new OpenForm(world, { account: changed }).show();
		assert.equal(again.draft.maxConcurrent, "4");
		await again.type({ maxConcurrent: "", outboundProxy: "" });
		await again.send({ type: "save" });
		assert.deepEqual(world.book.accounts, [account]);
	});

	it("ends the account's cooldown when a test of what is saved goes well", async () => {
		const account = await addDemo();
		const form = await new OpenForm(world, { account }).show();
		await form.send({ type: "test" });
		assert.deepEqual(world.cleared, [account.id]);
		await form.type({ label: "Renamed", priority: "7" });
		await form.send({ type: "test" });
		assert.deepEqual(world.cleared, [account.id, account.id]);
	});

	it("leaves the cooldown alone when the test fails, or tries something that is not saved", async () => {
		const account = await addDemo();
		const wrong = await new OpenForm(world, { account }).show();
		await wrong.type({ apiKey: "wrong" });
		await wrong.send({ type: "test" });
		const other = await new OpenForm(world, { account }).show();
		await other.type({ headers: [{ name: "x-team", value: "blue" }] });
		await other.send({ type: "test" });
		assert.ok(other.state.test.kind === "done" && other.state.test.outcome === "good");
		const added = await new OpenForm(world).show();
		await added.type({ label: "New", format: "openai", baseUrl: demo.origin, apiKey: demoKeys.openai });
		await added.send({ type: "test" });
		assert.ok(added.state.test.kind === "done" && added.state.test.outcome === "good");
		assert.deepEqual(world.cleared, []);
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
