import { type AuthStyle, authStyles, type Format, formats } from "./account.ts";
import { type BaseUrlProblem, normaliseBaseUrl } from "./baseUrl.ts";
import { type FieldProblem, type FieldReading, isRecord, type ProblemCode, readAs, refuse } from "./fieldProblem.ts";
import { readHeaders } from "./headerRules.ts";
import { readLabel } from "./labelRules.ts";
import { readAllowedModels, readModelMap } from "./modelRules.ts";
import { readOutboundProxy } from "./outboundProxyRules.ts";

export type { FieldProblem, ProblemCode, RelayField } from "./fieldProblem.ts";

/** A valid relay as a form, a link or an import describes it. */
export interface RelayInput {
	readonly label: string;
	readonly format: Format;
	/** Normalised. */
	readonly baseUrl: string;
	/** Null: keep the saved one. */
	readonly apiKey: string | null;
	/** Null: all. */
	readonly allowedModels: readonly string[] | null;
	readonly modelMap: Readonly<Record<string, string>>;
	readonly priority: number;
	readonly headers: Readonly<Record<string, string>>;
	/** Null: as the format asks. */
	readonly auth: AuthStyle | null;
	/** Null: no limit. */
	readonly maxConcurrent: number | null;
	/** Null: as VS Code connects. */
	readonly outboundProxy: string | null;
	readonly enabled: boolean;
}

export interface InputContext {
	/** Labels of the other accounts. */
	readonly takenLabels: readonly string[];
	readonly key: "required" | "keepIfEmpty";
	/** The base URL of the relay being edited: http on a foreign host that was agreed to needs no second yes. */
	readonly savedBaseUrl?: string | undefined;
}

type RelayInputResult =
	| { readonly ok: true; readonly input: RelayInput }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

const carriedByHeader = /^[\x20-\x7e]+$/;

/**
 * Reads what a form, the palette flow or an import gives. Every problem of every field is returned, not only the first.
 *
 * Fields: `label`, `format` (codex when absent), `baseUrl`, `apiKey`, `allowedModels` (array of strings; none or empty:
 * all), `modelMap`, `priority` (number or numeric string; none or empty: 0), `headers`, `auth`, `maxConcurrent` (as
 * `priority`; none or empty: no limit), `outboundProxy`, `enabled` (true when absent), and `allowPlainHttp` (true: the
 * explicit yes to http on a foreign host). Others are ignored.
 */
export function readRelayInput(value: unknown, context: InputContext): RelayInputResult {
	if (!isRecord(value)) return { ok: false, problems: [{ field: "entry", code: "entryInvalid", detail: "" }] };
	const type = value["type"] ?? "relay";
	if (type !== "relay") {
		const code = type === "native" ? "notRelay" : "entryInvalid";
		return { ok: false, problems: [{ field: "entry", code, detail: "" }] };
	}
	const label = readLabel(value["label"], context.takenLabels);
	const format = readFormat(value["format"]);
	const baseUrl = readBaseUrl(value["baseUrl"], format.ok ? format.value : "codex", {
		allowPlainHttp: value["allowPlainHttp"] === true,
		savedBaseUrl: context.savedBaseUrl,
	});
	const apiKey = readApiKey(value["apiKey"], context.key);
	const allowedModels = readAllowedModels(value["allowedModels"]);
	const modelMap = readModelMap(value["modelMap"]);
	const priority = readPriority(value["priority"]);
	const headers = readHeaders(value["headers"]);
	const auth = readAuth(value["auth"]);
	const maxConcurrent = readMaxConcurrent(value["maxConcurrent"]);
	const outboundProxy = readOutboundProxy(value["outboundProxy"]);
	const enabled = readEnabled(value["enabled"]);
	if (
		label.ok &&
		format.ok &&
		baseUrl.ok &&
		apiKey.ok &&
		allowedModels.ok &&
		modelMap.ok &&
		priority.ok &&
		headers.ok &&
		auth.ok &&
		maxConcurrent.ok &&
		outboundProxy.ok &&
		enabled.ok
	) {
		return {
			ok: true,
			input: {
				label: label.value,
				format: format.value,
				baseUrl: baseUrl.value,
				apiKey: apiKey.value,
				allowedModels: allowedModels.value,
				modelMap: modelMap.value,
				priority: priority.value,
				headers: headers.value,
				auth: auth.value,
				maxConcurrent: maxConcurrent.value,
				outboundProxy: outboundProxy.value,
				enabled: enabled.value,
			},
		};
	}
	const readings = [
		...[label, format, baseUrl, apiKey, allowedModels, modelMap, priority, headers, auth],
		...[maxConcurrent, outboundProxy, enabled],
	];
	return { ok: false, problems: readings.flatMap((reading) => (reading.ok ? [] : reading.problems)) };
}

/** @returns null when nothing was given and the saved key is to be kept. */
export function readApiKey(value: unknown, rule: InputContext["key"]): FieldReading<string | null> {
	if (value !== undefined && value !== null && typeof value !== "string") return refuse("apiKey", "keyInvalid");
	// People copy the whole header value from a relay's manual.
	const key = (value ?? "").trim().replace(/^bearer(?:\s+|$)/i, "");
	if (key === "") return rule === "required" ? refuse("apiKey", "keyEmpty") : readAs(null);
	return carriedByHeader.test(key) ? readAs(key) : refuse("apiKey", "keyInvalid");
}

function readFormat(value: unknown): FieldReading<Format> {
	const name = value ?? "codex";
	const format = formats.find((known) => typeof name === "string" && known === name.trim().toLowerCase());
	return format === undefined ? refuse("format", "formatUnknown") : readAs(format);
}

function readBaseUrl(
	value: unknown,
	format: Format,
	consent: { readonly allowPlainHttp: boolean; readonly savedBaseUrl: string | undefined },
): FieldReading<string> {
	if (typeof value !== "string") {
		return refuse("baseUrl", value === undefined || value === null ? "urlEmpty" : "urlInvalid");
	}
	const result = normaliseBaseUrl(value, format);
	if (!result.ok) return { ok: false, problems: [baseUrlProblem(result.problem)] };
	const { host, origin } = new URL(result.baseUrl);
	const agreed =
		consent.allowPlainHttp || (consent.savedBaseUrl !== undefined && new URL(consent.savedBaseUrl).origin === origin);
	if (result.plainHttp && !agreed) return refuse("baseUrl", "urlPlainHttp", host);
	return readAs(result.baseUrl);
}

const baseUrlCodes = {
	empty: "urlEmpty",
	noScheme: "urlNoScheme",
	notAUrl: "urlInvalid",
	unsupportedScheme: "urlScheme",
	userInfo: "urlUserInfo",
} as const satisfies Record<BaseUrlProblem["code"], ProblemCode>;

/** What is wrong with a base URL, as a problem of its field. */
export function baseUrlProblem(problem: BaseUrlProblem): FieldProblem {
	const detail =
		problem.code === "noScheme" ? problem.suggestion : problem.code === "unsupportedScheme" ? problem.scheme : "";
	return { field: "baseUrl", code: baseUrlCodes[problem.code], detail };
}

function readPriority(value: unknown): FieldReading<number> {
	const priority = wholeNumber(value);
	return Number.isNaN(priority) ? refuse("priority", "priorityInvalid") : readAs(priority ?? 0);
}

function readMaxConcurrent(value: unknown): FieldReading<number | null> {
	const limit = wholeNumber(value);
	return limit === null || limit > 0 ? readAs(limit) : refuse("maxConcurrent", "maxConcurrentInvalid");
}

/** @returns null when nothing was given, NaN for what is no whole number. */
function wholeNumber(value: unknown): number | null {
	const typed = typeof value === "string" ? value.trim() : (value ?? "");
	if (typed === "") return null;
	const number = typeof typed === "string" && !/^[+-]?\d+$/.test(typed) ? Number.NaN : Number(typed);
	if (typeof typed === "object" || typeof typed === "boolean" || !Number.isSafeInteger(number)) return Number.NaN;
	// JSON has no -0: it would come back from the file as another value.
	return number === 0 ? 0 : number;
}

function readAuth(value: unknown): FieldReading<AuthStyle | null> {
	if (value === undefined || value === null || value === "") return readAs(null);
	const auth = authStyles.find((known) => known === value);
	return auth === undefined ? refuse("auth", "authUnknown") : readAs(auth);
}

function readEnabled(value: unknown): FieldReading<boolean> {
	if (value === undefined || value === null) return readAs(true);
	return typeof value === "boolean" ? readAs(value) : refuse("enabled", "enabledInvalid");
}
