import type { ListedModel, ModelEntry, ModelLists } from "../modelList.ts";

/** `{id, object: "model", created, owned_by}`. */
function one({ id, owner, since, entry }: ListedModel): ModelEntry {
	const own = typeof entry?.["object"] === "string" ? entry : {};
	return { object: "model", created: since, owned_by: owner, ...own, id };
}

/** `{object: "list", data: […]}`. */
export const openaiModels: ModelLists = {
	path: "/models",
	one,
	all: (models) => ({ object: "list", data: models.map(one) }),
};
