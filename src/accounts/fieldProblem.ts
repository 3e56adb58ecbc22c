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
	| "enabled"
	| "entry";

export type ProblemCode =
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
	/** Detail: the pattern; empty when there is no list at all. */
	| "modelPattern"
	/** Detail: the client's model name. */
	| "modelMapInvalid"
	| "priorityInvalid"
	/** No RFC 9110 token, or there twice. Detail of this and the next three: the header's name. */
	| "headerName"
	| "headerValue"
	/** Belongs to the connection or to the body, such as `host` and `content-length`, or is a cookie. */
	| "headerReserved"
	/** Its name says that it carries a credential, which belongs in the API key with an auth style. */
	| "headerCredential"
	| "authUnknown"
	| "enabledInvalid"
	| "entryInvalid"
	| "notRelay";

/** What is wrong with one field. */
export interface FieldProblem {
	readonly field: RelayField;
	readonly code: ProblemCode;
	/** The offending piece, empty when there is none; never a key. */
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

/** A piece of unknown input for people to recognise, cut to a readable length. */
export function shown(value: unknown): string {
	const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
	return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
