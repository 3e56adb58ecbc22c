import type { ModelLists } from "../modelList.ts";

/** Anthropic's own page size when a client names none. */
const defaultLimit = 20;

/** `{data: [{type: "model", id, display_name, created_at}], first_id, last_id, has_more}`, in pages of `limit` after `after_id`. */
export const anthropicModels: ModelLists = {
	path: "/models?limit=1000",
	named: ({ id, since }) => ({
		type: "model",
		id,
		display_name: id,
		created_at: new Date(since * 1000).toISOString(),
	}),
	list: (entries, query) => {
		const limit = Math.trunc(Number(query.get("limit"))) || defaultLimit;
		const after = query.get("after_id");
		const start = after === null ? 0 : entries.findIndex(({ id }) => id === after) + 1;
		const page = entries.slice(start, start + Math.max(1, limit));
		return {
			data: page.map(({ id, entry }) => ({ type: "model", display_name: id, ...entry, id })),
			first_id: page[0]?.id ?? null,
			last_id: page.at(-1)?.id ?? null,
			has_more: start + page.length < entries.length,
		};
	},
};
