import assert from "node:assert/strict";
import { Agent } from "undici";
import { askBackend } from "../../../src/proxy/backendCall.ts";
import { fetchBackendModels, readBackendModels } from "../../../src/proxy/backendModels.ts";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { person } from "../../support/chatgpt/people.ts";

const slugs = (body: unknown) => readBackendModels(body).map(({ slug }) => slug);

describe("the backend's list of models", () => {
	const a = { slug: "a" };
	const b = { id: "b" };
	const c = { name: "c" };
	for (const [shape, body] of [
		["under models", { models: [a, b, c] }],
		["under data", { object: "list", data: [a, b, c] }],
		["bare", [a, b, c]],
		["within chat_models", { chat_models: { models: [a, b, c] } }],
		["in categories", { categories: [{ name: "One", models: [a, b] }, { models: [c] }] }],
		[
			"in categories of categories",
			{ categories: [{ id: "x", categories: [{ name: "y", models: [a] }] }, { models: [b, c] }] },
		],
	] as const) {
		it(`is read ${shape}`, () => assert.deepEqual(slugs(body), ["a", "b", "c"]));
	}

	it("holds models, not the categories that stand beside them", () => {
		const body = {
			categories: [{ category: "new", name: "New" }],
			models: [{ slug: "a", categories: [{ id: "new" }] }],
		};
		assert.deepEqual(slugs(body), ["a"]);
	});

	it("holds no category in which nothing is", () => {
		assert.deepEqual(slugs({ categories: [{ name: "Soon", models: [] }, { models: [a] }] }), ["a"]);
	});

	it("leaves out what only a page can choose, and what has no name", () => {
		assert.deepEqual(slugs({ models: [{ slug: "auto" }, { slug: " " }, {}, null, 7, "x", a, a] }), ["a"]);
	});

	it("keeps hidden ones apart, which can be asked for all the same", () => {
		const body = { models: [a, { slug: "h", visibility: "hide" }, { slug: "n", visibility: "none" }] };
		assert.deepEqual(
			readBackendModels(body).map(({ slug, isListed }) => [slug, isListed]),
			[
				["a", true],
				["h", false],
				["n", false],
			],
		);
	});

	it("is none in anything else", () => {
		let deep: unknown = [a];
		for (let depth = 0; depth < 50; depth += 1) deep = { categories: [{ models: deep }] };
		for (const body of [undefined, null, "models", { error: { message: "x" } }, { models: {} }, deep]) {
			assert.deepEqual(slugs(body), []);
		}
	});
});

describe("asking the backend for models", () => {
	const agent = new Agent();
	const never = new AbortController().signal;
	let chatGpt: ChatGpt;
	before(async () => {
		chatGpt = await startChatGpt();
	});
	after(async () => {
		assert.deepEqual(chatGpt.violations, []);
		await chatGpt.close();
		await agent.destroy();
	});

	async function keyed() {
		const served = await chatGpt.servedNative(person({ plan: "free" }));
		return { ...served, apiKey: served.apiKey ?? "" };
	}

	it("gives the account's own, with all that the backend says of them", async () => {
		const fetched = await fetchBackendModels(agent, await keyed(), never);
		assert.ok(fetched.kind === "ok");
		assert.deepEqual(
			fetched.models.map(({ slug, isListed }) => [slug, isListed]),
			[
				["gpt-5.6", true],
				["gpt-5.6-mini", true],
				["codex-auto-review", false],
			],
		);
		assert.equal(fetched.models[0]?.entry["context_window"], 272_000);
		assert.equal(chatGpt.backend.calls.at(-1)?.request.url, "/backend-api/codex/models?client_version=0.169.0");
	});

	it("takes an empty list for a fault: nobody has no model", async () => {
		chatGpt.backend.next(backendFates.replied(200, { models: [] }), { place: "/codex/models" });
		const fetched = await fetchBackendModels(agent, await keyed(), never);
		assert.equal(fetched.kind === "fault" && fetched.fault.kind, "otherFormat");
	});

	it("gives up when it takes too long", async () => {
		const release = Promise.withResolvers<void>();
		chatGpt.backend.next(backendFates.held(release.promise), { place: "/codex/models" });
		const answer = await askBackend(agent, await keyed(), "/codex/models?client_version=1", never, 30);
		assert.deepEqual(answer.kind === "fault" && answer.fault, {
			kind: "timeout",
			url: `${chatGpt.backend.baseUrl}/codex/models?client_version=1`,
			seconds: 0.03,
		});
		release.resolve();
	});
});
