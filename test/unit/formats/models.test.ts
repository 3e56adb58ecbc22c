import assert from "node:assert/strict";
import { formatRules } from "../../../src/formats/format.ts";
import { readModelList } from "../../../src/formats/modelList.ts";

const noQuery = new URLSearchParams();
const entries = ["a", "b", "c"].map((id) => ({ id, entry: { id } }));

describe("a relay's model list", () => {
	it("is read from any of the shapes relays use", () => {
		const ids = (value: unknown) => readModelList(value)?.map(({ id }) => id);
		assert.deepEqual(ids({ object: "list", data: [{ id: "gpt-5" }, { id: "gpt-5-mini" }] }), ["gpt-5", "gpt-5-mini"]);
		assert.deepEqual(ids({ models: [{ name: "models/gemini-2.5-pro" }] }), ["gemini-2.5-pro"]);
		assert.deepEqual(ids({ models: [{ slug: "gpt-5-codex", name: "Nice name" }] }), ["gpt-5-codex"]);
		assert.deepEqual(ids([{ id: "bare" }]), ["bare"]);
	});

	it("loses entries without a name, and is none where it is no list", () => {
		assert.deepEqual(readModelList({ data: [{ id: "" }, { id: 7 }, null, "x", { id: "ok" }] }), [
			{ id: "ok", entry: { id: "ok" } },
		]);
		for (const value of [null, {}, "x", { data: {} }, undefined]) assert.equal(readModelList(value), null);
	});
});

describe("a model list for a client", () => {
	it("keeps the relay's own fields in OpenAI's shape", () => {
		const list = formatRules.openai.models.list([{ id: "m", entry: { id: "m", owned_by: "x", created: 5 } }], noQuery);
		assert.deepEqual(list, { object: "list", data: [{ object: "model", id: "m", owned_by: "x", created: 5 }] });
	});

	it("comes in Anthropic's pages", () => {
		const page = (query: string) =>
			formatRules.anthropic.models.list(entries, new URLSearchParams(query)) as {
				data: { id: string }[];
				has_more: boolean;
				last_id: string;
			};
		assert.deepEqual(
			page("limit=2").data.map(({ id }) => id),
			["a", "b"],
		);
		assert.equal(page("limit=2").has_more, true);
		assert.deepEqual(
			page("limit=2&after_id=b").data.map(({ id }) => id),
			["c"],
		);
		assert.equal(page("limit=1000").has_more, false);
		assert.equal(page("limit=-1").data.length, 1);
	});

	it("names models as Gemini and Codex do", () => {
		assert.deepEqual(formatRules.gemini.models.list([{ id: "g", entry: {} }], noQuery), {
			models: [{ displayName: "g", name: "models/g" }],
		});
		assert.deepEqual(formatRules.codex.models.list([{ id: "c", entry: {} }], noQuery), {
			models: [{ display_name: "c", slug: "c" }],
		});
	});
});
