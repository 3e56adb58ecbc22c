/** Why the proxy itself answers a client with an error. */
export type ProblemKind =
	| "badRequest"
	| "keyRefused"
	| "forbidden"
	| "notFound"
	| "modelNotFound"
	| "tooLarge"
	| "notJson"
	| "upgradeRefused"
	| "rateLimited"
	| "unavailable"
	| "upstreamFailed"
	| "upstreamEndedEarly"
	| "internal";

/** An error of the proxy's own, before it takes a format's shape. */
export interface Problem {
	readonly kind: ProblemKind;
	/** For the person behind the client; holds no secret. */
	readonly message: string;
	/** Whole seconds until asking again makes sense, for the header `Retry-After`. */
	readonly retryAfter?: number;
}

/** HTTP status of each kind; the formats agree on these. */
export const problemStatus: Readonly<Record<ProblemKind, number>> = {
	badRequest: 400,
	keyRefused: 401,
	forbidden: 403,
	notFound: 404,
	modelNotFound: 404,
	tooLarge: 413,
	notJson: 415,
	upgradeRefused: 426,
	rateLimited: 429,
	internal: 500,
	upstreamFailed: 502,
	unavailable: 503,
	upstreamEndedEarly: 504,
};
