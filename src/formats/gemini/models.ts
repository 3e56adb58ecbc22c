import type { ModelLists } from "../modelList.ts";

const verbs = ["generateContent", "streamGenerateContent", "countTokens"];

/** `{models: [{name: "models/…", displayName, supportedGenerationMethods}]}`. */
export const geminiModels: ModelLists = {
	path: "/models?pageSize=1000",
	named: ({ id }) => ({ name: `models/${id}`, displayName: id, supportedGenerationMethods: verbs }),
	list: (entries) => ({
		models: entries.map(({ id, entry }) => ({ displayName: id, ...entry, name: `models/${id}` })),
	}),
};
