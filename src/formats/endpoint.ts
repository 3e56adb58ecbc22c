import type { AuthStyle, Format } from "../accounts/account.ts";

/** Where a format's requests come in, where they go out, and how the key travels. */
export interface Endpoint {
	readonly format: Format;
	/** As people write the name. */
	readonly name: string;
	readonly defaultAuth: AuthStyle;
	/** Sent to the relay when the client did not send them, for example a required version. */
	readonly requiredHeaders: Readonly<Record<string, string>>;
	/** What precedes an operation's path in a client's URL; every doubling seen in the wild. */
	readonly clientPrefixes: readonly string[];
	/**
	 * The paths of what a client asks for by POST, below its version prefix and below the relay's base URL alike. Gemini has
	 * none that is fixed: its path carries model and verb.
	 */
	readonly operations: readonly string[];
	/** The path of a base URL as a person typed it (`/v1/`, a full endpoint, nothing) → the one that is stored. Idempotent. */
	readonly basePath: (typedPath: string) => string;
	/** The path under which a stored base URL's operations stand (codex: `/backend-api` → `/backend-api/codex`). */
	readonly operationRoot: (basePath: string) => string;
	/** The URL that a plain chat request calls, shown to people; `{model}` stands for a model name in a path. */
	readonly chatPath: string;
}

/** A version segment such as `v1`, `v1beta`, `v4`. */
const versionSegment = /^v\d+(?:(?:alpha|beta)\d*)?$/;

export function endsInVersion(path: string): boolean {
	return versionSegment.test(path.slice(path.lastIndexOf("/") + 1));
}

/**
 * Removes what people paste along with a base path: doubled and trailing slashes, a known endpoint at the end, a doubled version.
 * @param endpoints paths that may follow a base path, longest first.
 */
export function withoutEndpoint(typedPath: string, endpoints: readonly string[]): string {
	let path = typedPath.replace(/\/{2,}/g, "/").replace(/\/$/, "");
	for (const endpoint of endpoints) {
		if (path.endsWith(endpoint)) {
			path = path.slice(0, -endpoint.length);
			break;
		}
	}
	return path.replace(/\/(v\d+(?:(?:alpha|beta)\d*)?)\/\1$/, "/$1");
}

/** The header that carries a key. Name in lower case. */
export function authHeader(style: AuthStyle, apiKey: string): readonly [name: string, value: string] {
	return style === "bearer" ? ["authorization", `Bearer ${apiKey}`] : [style, apiKey];
}
