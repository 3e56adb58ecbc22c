/** `entry` is the whole thing: no object, or of a type that is not a relay's. */
export type RelayField =
	| "label"
	| "format"
	| "baseUrl"
	| "apiKey"
	| "allowedModels"
	| "modelMap"
	| "priority"
	| "headers"
	| "auth"
	| "maxConcurrent"
	| "outboundProxy"
	| "enabled"
	| "entry";

export type ProblemCode =
	/** Nothing, or nothing that could be seen. */
	| "labelEmpty"
	| "labelTaken"
	/** Longer than 60 characters, or with characters that are not text. */
	| "labelInvalid"
	| "urlEmpty"
	/** Detail: the URL that was probably meant. */
	| "urlNoScheme"
	| "urlInvalid"
	/** Detail: the scheme. */
	| "urlScheme"
	| "urlUserInfo"
	/** Detail: the host. */
	| "urlPlainHttp"
	/** Detail: the host. */
	| "hostUnreachable"
	| "keyEmpty"
	/** Line breaks or other characters that no header can carry. */
	| "keyInvalid"
	| "formatUnknown"
	/** No list at all. */
	| "modelsNoList"
	/** Detail: the pattern; empty when it is empty or no text. */
	| "modelPattern"
	/** Detail: the client's model name; empty when there is no map at all. */
	| "modelMapInvalid"
	| "priorityInvalid"
	/** No object of names and values. */
	| "headersInvalid"
	/** No RFC 9110 token. Detail of this and the next four: the header's name. */
	| "headerName"
	/** There twice; names are told apart without regard to case. */
	| "headerRepeated"
	| "headerValue"
	/** Belongs to the connection or to the body, such as `host` and `content-length`, or is a cookie. */
	| "headerReserved"
	/** Its name says that it carries a credential, which belongs in the API key with an auth style. */
	| "headerCredential"
	| "authUnknown"
	| "maxConcurrentInvalid"
	/** No URL of a proxy, or of a kind that cannot be used. */
	| "proxyInvalid"
	| "proxyUserInfo"
	| "enabledInvalid"
	| "entryInvalid"
	/** What was to be changed is not there any more. */
	| "accountGone"
	| "notRelay";

/** What is wrong with one field. */
export interface FieldProblem {
	readonly field: RelayField;
	readonly code: ProblemCode;
	/** The offending piece as `shown` leaves it, empty when there is none; never a key. */
	readonly detail: string;
}

/** A field that was read: its value, or what is wrong with it. */
export type FieldReading<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

export function readAs<T>(value: T): FieldReading<T> {
	return { ok: true, value };
}

export function refuse(field: RelayField, code: ProblemCode, detail = ""): FieldReading<never> {
	return { ok: false, problems: [{ field, code, detail }] };
}

/** From a run of characters on that is longer than a date or a word of a model's name; keys are made of such runs. */
const likeAKey = /(?:(?=[a-z]*\d)[a-z\d]{16,}|[a-z\d]{25,}).*$/i;
const longestShown = 60;

/**
 * A piece of unknown input by which people recognise it in a message or a log. Somebody may have put a key in its
 * place: so it is the first word only, without what looks like a key.
 */
export function shown(value: unknown): string {
	if (typeof value !== "string") return "";
	const [word = ""] = value
		.trim()
		.toWellFormed()
		.split(/[\s\p{Cc}]/u, 1);
	const characters = [...word.replace(likeAKey, "…")];
	return characters.length > longestShown ? `${characters.slice(0, longestShown - 1).join("")}…` : characters.join("");
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
