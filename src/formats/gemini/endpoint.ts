import { type Endpoint, endsInVersion, withoutEndpoint } from "../endpoint.ts";

/** Gemini generateContent and the other verbs of a model. SDKs are given a base URL without a version and add it. */
export const geminiEndpoint: Endpoint = {
	format: "gemini",
	name: "Gemini",
	defaultAuth: "x-goog-api-key",
	requiredHeaders: {},
	clientPrefixes: ["/v1beta", "/v1", "/v1/v1beta", "/v1/v1", "/v1beta/v1beta", "/v1beta/v1"],
	operations: [],
	basePath: (typed) => {
		const path = withoutEndpoint(typed.replace(/\/models(?:\/.*)?$/, ""), []);
		// `/v1` is what people paste from an OpenAI-style relay; there v1beta serves every verb and v1 only some.
		const root = path.replace(/\/v1(?:\/v1beta)?$/, "");
		return endsInVersion(root) ? root : `${root}/v1beta`;
	},
	operationRoot: (basePath) => basePath,
	chatPath: "/models/{model}:generateContent",
};

/** A Gemini path below the version, `…/models/{model}:{verb}`: which model, and where it stands. */
export interface ModelInPath {
	/** Decoded. */
	readonly model: string;
	/** Where the model stands in the path it was read from, still encoded. */
	readonly modelStart: number;
	readonly modelEnd: number;
}

/**
 * Reads `/v1beta/models/{model}:{verb}`. A model name may hold slashes and colons; the verb is after the last colon.
 * @returns null where the path has no model or no verb, or its percent-encoding is broken.
 */
export function modelInPath(path: string): ModelInPath | null {
	const found = /\/models\/(.+):([A-Za-z]\w*)$/d.exec(path);
	const range = found?.indices?.[1];
	if (!found?.[1] || !found[2] || !range) return null;
	try {
		return { model: decodeURIComponent(found[1]), modelStart: range[0], modelEnd: range[1] };
	} catch {
		return null;
	}
}
