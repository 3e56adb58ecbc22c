import type { ModelLists } from "../modelList.ts";

/** `{object: "list", data: [{id, object: "model", created, owned_by}]}`. */
export const openaiModels: ModelLists = {
	path: "/models",
	named: ({ id, owner, since }) => ({ id, object: "model", created: since, owned_by: owner }),
	list: (entries) => ({ object: "list", data: entries.map(({ id, entry }) => ({ object: "model", ...entry, id })) }),
};
