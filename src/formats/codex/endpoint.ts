import { type Endpoint, withoutEndpoint } from "../endpoint.ts";

/** OpenAI Responses, as Codex speaks it: below `/v1` at a relay, below `/backend-api/codex` at a ChatGPT-like backend. */
export const codexEndpoint: Endpoint = {
	format: "codex",
	name: "Codex",
	defaultAuth: "bearer",
	requiredHeaders: {},
	clientPrefixes: ["/v1", "", "/v1/v1"],
	operations: ["/responses", "/responses/compact"],
	basePath: (typed) => {
		const path = withoutEndpoint(typed, ["/responses/compact", "/responses", "/chat/completions", "/models"]);
		return path.replace(/\/backend-api\/codex$/, "/backend-api") || "/v1";
	},
	operationRoot: (basePath) => (basePath.endsWith("/backend-api") ? `${basePath}/codex` : basePath),
	chatPath: "/responses",
};
