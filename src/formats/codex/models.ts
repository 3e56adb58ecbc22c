import type { ModelLists } from "../modelList.ts";

/** `{models: [{slug, …}]}`. The backend wants `client_version`; a relay that speaks `/v1` ignores it. */
export const codexModels: ModelLists = {
	path: "/models?client_version=1.0.0",
	named: ({ id }) => ({ slug: id, display_name: id, visibility: "list", supported_in_api: true }),
	list: (entries) => ({ models: entries.map(({ id, entry }) => ({ display_name: id, ...entry, slug: id })) }),
};
