import { type Endpoint, withoutEndpoint } from "../endpoint.ts";

/** OpenAI Chat Completions and its neighbours. SDKs are given a base URL that ends in `/v1`. */
export const openaiEndpoint: Endpoint = {
	format: "openai",
	name: "OpenAI",
	defaultAuth: "bearer",
	requiredHeaders: {},
	clientPrefixes: ["/v1", "", "/v1/v1"],
	operations: ["/chat/completions", "/completions", "/embeddings"],
	// A path without a version is kept: several relays document such a base, for example `/inference`.
	basePath: (typed) =>
		withoutEndpoint(typed, ["/chat/completions", "/completions", "/embeddings", "/responses", "/models"]) || "/v1",
	operationRoot: (basePath) => basePath,
	chatPath: "/chat/completions",
};
