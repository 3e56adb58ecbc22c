import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { formatRules } from "../../../src/formats/format.ts";
import { type ListedModel, type ModelEntry, readModelList } from "../../../src/formats/modelList.ts";

const noQuery = new URLSearchParams();
const listed = (id: string, entry: ModelEntry | null = null): ListedModel => ({ id, owner: "Label", since: 5, entry });

describe("a relay's model list", () => {
	it("is read from any of the shapes relays use", () => {
		const ids = (value: unknown) => [...(readModelList(value)?.keys() ?? [])];
		assert.deepEqual(ids({ object: "list", data: [{ id: "gpt-5" }, { id: "gpt-5-mini" }] }), ["gpt-5", "gpt-5-mini"]);
		assert.deepEqual(ids({ models: [{ name: "models/gemini-2.5-pro" }] }), ["gemini-2.5-pro"]);
		assert.deepEqual(ids({ models: [{ slug: "gpt-5-codex", name: "Nice name" }] }), ["gpt-5-codex"]);
		assert.deepEqual(ids([{ id: "bare" }]), ["bare"]);
	});

	it("loses entries without a name, and is none where it is no list", () => {
		const list = readModelList({ data: [{ id: "" }, { id: 7 }, null, "x", { id: "ok" }] });
		assert.deepEqual([...(list ?? [])], [["ok", { id: "ok" }]]);
		for (const value of [null, {}, "x", { data: {} }, undefined]) assert.equal(readModelList(value), null);
	});
});

describe("a model for a client", () => {
	it("has the shape of the client's format when it is known by name only", () => {
		const one = (format: (typeof formats)[number]) => formatRules[format].models.one(listed("m"));
		assert.deepEqual(one("openai"), { id: "m", object: "model", created: 5, owned_by: "Label" });
		assert.deepEqual(one("anthropic"), {
			type: "model",
			id: "m",
			display_name: "m",
			created_at: "1970-01-01T00:00:05.000Z",
		});
		assert.equal(one("gemini")["name"], "models/m");
		assert.equal(one("codex")["slug"], "m");
	});

	it("keeps the fields of a relay's own entry of the same shape", () => {
		const own = { id: "m", object: "model", owned_by: "them", context_window: 9 };
		assert.deepEqual(formatRules.openai.models.one(listed("m", own)), { ...own, created: 5 });
	});

	it("takes nothing from an entry of another shape", () => {
		const codex = { slug: "m", base_instructions: "long" };
		for (const format of ["openai", "anthropic", "gemini"] as const) {
			const { one } = formatRules[format].models;
			assert.deepEqual(one(listed("m", codex)), one(listed("m")), format);
		}
	});

	it("is listed with the others", () => {
		const models = ["a", "b"].map((id) => listed(id));
		for (const format of formats) {
			const { all, one } = formatRules[format].models;
			const list = all(models, noQuery) as { data?: unknown; models?: unknown };
			assert.deepEqual(list.data ?? list.models, models.map(one), format);
		}
	});

	it("comes in Anthropic's pages", () => {
		const models = ["a", "b", "c"].map((id) => listed(id));
		const page = (query: string) =>
			formatRules.anthropic.models.all(models, new URLSearchParams(query)) as {
				data: { id: string }[];
				has_more: boolean;
			};
		const ids = (query: string) => page(query).data.map(({ id }) => id);
		assert.deepEqual([ids("limit=2"), page("limit=2").has_more], [["a", "b"], true]);
		assert.deepEqual(ids("limit=2&after_id=b"), ["c"]);
		assert.equal(page("limit=1000").has_more, false);
		assert.equal(ids("limit=-1").length, 1);
	});
});
