import type { ListedModel, ModelEntry, ModelLists } from "../modelList.ts";

/** `{slug, display_name, …}`. */
function one({ id, entry }: ListedModel): ModelEntry {
	const own = typeof entry?.["slug"] === "string" ? entry : {};
	return { display_name: id, visibility: "list", supported_in_api: true, ...own, slug: id };
}

/** `{models: […]}`. The backend wants `client_version`; a relay that speaks `/v1` ignores it. */
export const codexModels: ModelLists = {
	path: "/models?client_version=1.0.0",
	one,
	all: (models) => ({ models: models.map(one) }),
};
