import type { ListedModel, ModelEntry, ModelLists } from "../modelList.ts";

const verbs = ["generateContent", "streamGenerateContent", "countTokens"];

/** `{name: "models/…", displayName, supportedGenerationMethods}`. */
function one({ id, entry }: ListedModel): ModelEntry {
	const name = entry?.["name"];
	const own = typeof name === "string" && name.startsWith("models/") ? entry : {};
	return { displayName: id, supportedGenerationMethods: verbs, ...own, name: `models/${id}` };
}

/** `{models: […]}`. */
export const geminiModels: ModelLists = {
	path: "/models?pageSize=1000",
	one,
	all: (models) => ({ models: models.map(one) }),
};
