import { type FieldProblem, type FieldReading, isRecord, readAs, refuse, shown } from "./fieldProblem.ts";

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, section 5.5, without obs-text: bytes above ASCII mean something else to each server. */
const fieldValue = /^[\t\x20-\x7e]*$/;

/** What belongs to one connection (RFC 9110, section 7.6.1), to the body or to the address, and cookies. */
const reservedNames: ReadonlySet<string> = new Set([
	"accept-encoding",
	"connection",
	"content-encoding",
	"content-length",
	"content-type",
	"cookie",
	"cookie2",
	"expect",
	"host",
	"http2-settings",
	"keep-alive",
	"origin",
	"proxy-authenticate",
	"proxy-authorization",
	"proxy-connection",
	"set-cookie",
	"set-cookie2",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
]);

/** A whole part of a name: `x-api-key`, `x_auth_mode`. Plurals such as `max-tokens` are counts, not credentials. */
const credentialPart =
	/^(?:key|pass|passwd|password|passphrase|auth|authorization|authentication|bearer|jwt|cookies?|credentials?|secrets?|token)$/;
/** The end of a part that was written without separators: `xApiKey`, `AccessToken`. */
const credentialEnding =
	/(?:(?:api|access|auth|private|secret|subscription)keys?|token|secret|password|passwd|credentials?|cookie|authorization)$/;

/** @param value header name → value. */
export function readHeaders(value: unknown): FieldReading<Readonly<Record<string, string>>> {
	if (value === undefined || value === null) return readAs({});
	if (!isRecord(value)) return refuse("headers", "headersInvalid");
	const headers: [name: string, value: string][] = [];
	const problems: FieldProblem[] = [];
	const seen = new Set<string>();
	for (const [typedName, typedValue] of Object.entries(value)) {
		const name = typedName.trim();
		const code = nameProblem(name, seen) ?? (isFieldValue(typedValue) ? null : "headerValue");
		seen.add(name.toLowerCase());
		if (code !== null) problems.push({ field: "headers", code, detail: shownHeaderName(name) });
		else if (typeof typedValue === "string") headers.push([name, typedValue.trim()]);
	}
	return problems.length > 0 ? { ok: false, problems } : readAs(Object.fromEntries(headers));
}

/** What a problem says of a header's name: people paste whole lines, value included, where a name belongs. */
export function shownHeaderName(name: string): string {
	return shown(name.split(":", 1)[0]);
}

function nameProblem(name: string, seen: ReadonlySet<string>) {
	const lower = name.toLowerCase();
	if (!token.test(name)) return "headerName";
	if (seen.has(lower)) return "headerRepeated";
	if (reservedNames.has(lower) || lower.startsWith("sec-")) return "headerReserved";
	return namesCredential(lower) ? "headerCredential" : null;
}

function namesCredential(lowerName: string): boolean {
	return lowerName.split(/[^a-z0-9]+/).some((part) => credentialPart.test(part) || credentialEnding.test(part));
}

function isFieldValue(value: unknown): boolean {
	return typeof value === "string" && fieldValue.test(value);
}
