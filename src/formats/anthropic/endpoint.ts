import { type Endpoint, endsInVersion, withoutEndpoint } from "../endpoint.ts";

/** Anthropic Messages. SDKs are given a base URL without `/v1` and add it. */
export const anthropicEndpoint: Endpoint = {
	format: "anthropic",
	name: "Anthropic",
	defaultAuth: "x-api-key",
	requiredHeaders: { "anthropic-version": "2023-06-01" },
	clientPrefixes: ["/v1", "", "/v1/v1"],
	operations: ["/messages", "/messages/count_tokens"],
	basePath: (typed) => {
		const path = withoutEndpoint(typed, ["/messages/count_tokens", "/messages", "/models"]);
		return endsInVersion(path) ? path : `${path}/v1`;
	},
	operationRoot: (basePath) => basePath,
	chatPath: "/messages",
};
