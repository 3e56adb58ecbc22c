import type { ListedModel, ModelEntry, ModelLists } from "../modelList.ts";

/** Anthropic's own page size when a client names none. */
const defaultLimit = 20;

/** `{type: "model", id, display_name, created_at}`. */
function one({ id, since, entry }: ListedModel): ModelEntry {
	const own = entry?.["type"] === "model" ? entry : {};
	return { type: "model", display_name: id, created_at: new Date(since * 1000).toISOString(), ...own, id };
}

/** `{data: […], first_id, last_id, has_more}`, in pages of `limit` after `after_id`. */
export const anthropicModels: ModelLists = {
	path: "/models?limit=1000",
	one,
	all: (models, query) => {
		const limit = Math.trunc(Number(query.get("limit"))) || defaultLimit;
		const after = query.get("after_id");
		const start = after === null ? 0 : models.findIndex(({ id }) => id === after) + 1;
		const page = models.slice(start, start + Math.max(1, limit));
		return {
			data: page.map(one),
			first_id: page[0]?.id ?? null,
			last_id: page.at(-1)?.id ?? null,
			has_more: start + page.length < models.length,
		};
	},
};
