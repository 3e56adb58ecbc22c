import assert from "node:assert/strict";
import type { Account } from "../../../src/accounts/account.ts";
import type { reach } from "../../../src/accounts/reachability.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { OpenForm, openWorld, type World } from "./openForm.ts";

/** A look for a host that ends when the test says so; `asked` counts how many there were. */
function slowHost() {
	const waiting: (() => void)[] = [];
	const asked: string[] = [];
	const slow: typeof reach = (baseUrl) =>
		new Promise((resolve) => {
			asked.push(baseUrl);
			waiting.push(() => resolve({ kind: "reachable" }));
		});
	return { asked, reach: slow, answer: () => waiting.shift()?.() };
}

describe("saving in the relay form", () => {
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

	describe("what is a saved relay already", () => {
		let saved: Account;
		beforeEach(async () => {
			saved = await world.addRelay({ ...valid(), modelMap: { a: "b" } });
		});

		async function openCopy(): Promise<OpenForm> {
			const form = await new OpenForm(world, { kept: { modelMap: { copied: "too" } } }).show();
			await form.type({ ...valid(), label: "Demo copy", priority: "7" });
			await form.send({ type: "save" });
			return form;
		}

		it("changes nothing, says which one it is, and offers to update that one", async () => {
			const form = await openCopy();
			assert.deepEqual(form.problems, ["form: same Demo"]);
			assert.deepEqual(form.state.problems.problems[0]?.offers, [{ action: "updateSame", label: "update Demo" }]);
			assert.equal(form.saved, null);
			assert.deepEqual(world.book.accounts, [saved]);
			assert.equal(form.draft.label, "Demo copy");
		});

		it("updates that one when told to, and keeps its settings without a field", async () => {
			const form = await openCopy();
			await form.take("updateSame");
			assert.equal(form.saved?.kind, "updated");
			assert.deepEqual(world.book.accounts, [{ ...saved, label: "Demo copy", priority: 7 }]);
		});

		it("leaves everything of it that was not typed here", async () => {
			await world.relays.save({ headers: { "X-A": "1" }, auth: "api-key", allowedModels: ["m"] }, saved.id);
			const [now] = world.book.accounts;
			const form = await new OpenForm(world, {
				draft: { ...valid(), label: "Demo copy", apiKey: "", priority: "0" },
			}).show();
			await form.type({ apiKey: demoKeys.openai });
			await form.send({ type: "save" });
			await form.take("updateSame");
			assert.equal(form.saved?.kind, "unchanged");
			assert.deepEqual(world.book.accounts, [now]);
		});

		it("adds another relay with another key", async () => {
			const form = await openCopy();
			await form.type({ apiKey: "another-key" });
			assert.deepEqual(form.problems, []);
			await form.send({ type: "save" });
			assert.equal(form.saved?.kind, "added");
			assert.deepEqual(world.book.accounts.slice(0, 1), [saved]);
		});

		it("does not take the yes for another relay that was typed since", async () => {
			const form = await openCopy();
			await form.type({ apiKey: "another-key" });
			await form.take("updateSame");
			assert.equal(form.saved?.kind, "added");
			assert.deepEqual(world.book.accounts.slice(0, 1), [saved]);
		});

		it("keeps the offer while something else is edited", async () => {
			const form = await openCopy();
			await form.type({ priority: "8" });
			assert.deepEqual(form.problems, ["form: same Demo"]);
		});

		it("shows what is wrong with the update as with any edit", async () => {
			await world.addRelay({ ...valid(), label: "Other", baseUrl: "https://other.example" });
			const form = await openCopy();
			await form.type({ label: "other" });
			await form.take("updateSame");
			assert.deepEqual(form.problems, ["label: labelTaken other"]);
			assert.deepEqual(form.titles, ["edit Demo"]);
			assert.deepEqual(world.book.accounts.slice(0, 1), [saved]);
		});

		it("is saved like this already when nothing differs", async () => {
			const form = await new OpenForm(world).show();
			await form.type(valid());
			await form.send({ type: "save" });
			assert.equal(form.saved?.kind, "unchanged");
			assert.deepEqual(world.book.accounts, [saved]);
		});
	});

	it("saves what was typed while the host was looked for", async () => {
		const host = slowHost();
		const form = await new OpenForm(world, { reach: host.reach }).show();
		await form.type(valid());
		const saving = form.send({ type: "save" });
		await form.type({ label: "Typed later", priority: "5" });
		host.answer();
		host.answer();
		while (host.asked.length < 2) await Promise.resolve();
		host.answer();
		await saving;
		assert.equal(form.saved?.account.label, "Typed later");
		assert.deepEqual(
			world.book.accounts.map(({ label, priority }) => [label, priority]),
			[["Typed later", 5]],
		);
	});

	it("judges anew what was typed while the host was looked for", async () => {
		const host = slowHost();
		const form = await new OpenForm(world, { reach: host.reach }).show();
		await form.type(valid());
		const saving = form.send({ type: "save" });
		await form.type({ label: "" });
		host.answer();
		await saving;
		assert.deepEqual(form.problems, ["label: labelEmpty"]);
		assert.deepEqual(world.book.accounts, []);
	});

	it("saves what was typed while it was being saved into the same account", async () => {
		let typeOn = async (): Promise<void> => undefined;
		const relays = {
			save: async (value: unknown, id?: string) => {
				const result = await world.relays.save(value, id);
				await typeOn();
				return result;
			},
		};
		const form = await new OpenForm({ ...world, relays: Object.assign(Object.create(world.relays), relays) }).show();
		await form.type(valid());
		typeOn = async () => {
			typeOn = async () => undefined;
			await form.type({ label: "Typed later" });
		};
		await form.send({ type: "save" });
		assert.equal(form.saved?.account.label, "Typed later");
		assert.deepEqual(
			world.book.accounts.map(({ label }) => label),
			["Typed later"],
		);
	});
});
