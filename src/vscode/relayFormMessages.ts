import { type AuthStyle, authStyles, type Format, formats } from "../accounts/account.ts";
import { isRecord } from "../accounts/fieldProblem.ts";

/** What the relay form's page and the extension host say to each other. The page holds no state that the host has not. */

export interface HeaderRow {
	readonly name: string;
	readonly value: string;
}

/** What stands in the form's fields, as typed. */
export interface RelayDraft {
	readonly label: string;
	readonly baseUrl: string;
	/** What was typed in this form; never a saved key. */
	readonly apiKey: string;
	readonly format: Format;
	readonly allowedModels: readonly string[];
	/** Typed next to the allowed models and not yet added to them. */
	readonly pendingModel: string;
	readonly priority: string;
	readonly headers: readonly HeaderRow[];
	readonly auth: AuthStyle | null;
	/** Empty: no limit. */
	readonly maxConcurrent: string;
	/** Empty: as VS Code connects. */
	readonly outboundProxy: string;
	readonly allowPlainHttp: boolean;
	/** Empty: the first allowed model, else the relay's first. */
	readonly testModel: string;
}

/** What a problem's buttons do. */
const offerActions = ["saveAnyway", "saveAsNew", "replace", "loadSaved", "updateSame"] as const;
export type OfferAction = (typeof offerActions)[number];

/** Page → host. */
export type PageMessage =
	| { readonly type: "ready" }
	| { readonly type: "changed"; readonly draft: RelayDraft }
	| { readonly type: "save" }
	| { readonly type: "offer"; readonly action: OfferAction }
	| { readonly type: "fetchModels" }
	| { readonly type: "cancelFetch" }
	| { readonly type: "test" }
	| { readonly type: "cancelTest" };

/** Where a problem is shown; `form` is beside the save button. */
export type PageField =
	| "label"
	| "baseUrl"
	| "apiKey"
	| "format"
	| "allowedModels"
	| "priority"
	| "headers"
	| "auth"
	| "maxConcurrent"
	| "outboundProxy"
	| "form";

export interface PageProblem {
	readonly field: PageField;
	readonly text: string;
	/** The header's name or the model pattern that is meant, where it is one of several; else empty. */
	readonly detail: string;
	readonly offers: readonly { readonly action: OfferAction; readonly label: string }[];
}

/** What an empty key field means: `missing` is a saved account whose key this window lacks, `otherHost` one whose key must not go to the URL typed now. */
export type KeyNeed = "required" | "saved" | "missing" | "otherHost";

export interface UrlState {
	readonly line:
		| { readonly kind: "empty" }
		| { readonly kind: "calls"; readonly url: string }
		/** A whole base URL to put in its place, or null. */
		| { readonly kind: "problem"; readonly text: string; readonly suggestion: string | null };
	/** A warning when the key would travel unencrypted to another machine. */
	readonly plainHttp: string | null;
	readonly key: KeyNeed;
}

export type ModelsState =
	| { readonly kind: "idle" }
	| { readonly kind: "asking" }
	| { readonly kind: "list"; readonly models: readonly string[] }
	| { readonly kind: "failed"; readonly text: string };

export type TestState =
	| { readonly kind: "idle" }
	| { readonly kind: "asking" }
	| { readonly kind: "done"; readonly outcome: "good" | "fault" | "cancelled"; readonly text: string };

export interface ProblemsState {
	readonly problems: readonly PageProblem[];
	/** Whether the first one takes the focus: true once, after the action that found them. */
	readonly focus: boolean;
}

/** Null, or what is being waited for, in words. */
export type SavingState = string | null;

export interface FormState {
	readonly url: UrlState;
	readonly models: ModelsState;
	readonly test: TestState;
	readonly problems: ProblemsState;
	readonly saving: SavingState;
}

/** Host → page: `start` builds the page, the others replace one part of its state. */
export type HostMessage =
	| {
			readonly type: "start";
			readonly texts: PageTexts;
			readonly title: string;
			readonly draft: RelayDraft;
			readonly state: FormState;
	  }
	| { readonly type: "url"; readonly state: UrlState }
	| { readonly type: "models"; readonly state: ModelsState }
	| { readonly type: "test"; readonly state: TestState }
	| { readonly type: "problems"; readonly state: ProblemsState }
	| { readonly type: "saving"; readonly state: SavingState };

/** Every word the page shows. `{0}` and `{1}` are filled in by the page. */
export interface PageTexts {
	readonly formats: Readonly<Record<Format, { readonly name: string; readonly about: string; readonly auth: string }>>;
	readonly auths: Readonly<Record<AuthStyle | "default", string>>;
	readonly requiredNote: string;
	readonly label: string;
	readonly labelHint: string;
	readonly baseUrl: string;
	readonly baseUrlHint: string;
	/** {0}: the URL */
	readonly willCall: string;
	/** {0}: the suggested base URL */
	readonly useSuggestion: string;
	readonly allowPlainHttp: string;
	readonly apiKey: string;
	readonly keyHints: Readonly<Record<KeyNeed, string>>;
	readonly keySavedPlaceholder: string;
	readonly format: string;
	readonly allowedModels: string;
	readonly allowedModelsHint: string;
	readonly allModels: string;
	readonly addModelLabel: string;
	readonly addModel: string;
	/** {0}: the model or pattern */
	readonly removeModel: string;
	readonly fetchModels: string;
	readonly fetchingModels: string;
	readonly cancel: string;
	readonly filterModels: string;
	readonly fetchedModels: string;
	/** {0}: shown, {1}: all */
	readonly modelsShown: string;
	readonly noModelMatches: string;
	readonly relayListsNoModel: string;
	readonly advanced: string;
	readonly priority: string;
	readonly priorityHint: string;
	readonly headers: string;
	readonly headersHint: string;
	readonly headerName: string;
	readonly headerValue: string;
	readonly addHeader: string;
	/** {0}: the header's name, or its row's number */
	readonly removeHeader: string;
	readonly auth: string;
	/** {0}: the format's name, {1}: how it carries the key */
	readonly authDefaultHint: string;
	readonly maxConcurrent: string;
	readonly maxConcurrentHint: string;
	readonly outboundProxy: string;
	readonly outboundProxyHint: string;
	readonly testTitle: string;
	readonly testModel: string;
	readonly testModelHint: string;
	readonly test: string;
	readonly testNote: string;
	readonly testing: string;
	readonly save: string;
}

function isTextList(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isHeaderRows(value: unknown): value is readonly HeaderRow[] {
	return (
		Array.isArray(value) &&
		value.every((row) => isRecord(row) && typeof row["name"] === "string" && typeof row["value"] === "string")
	);
}

function isOneOf<Choice>(choices: readonly Choice[], value: unknown): value is Choice {
	return (choices as readonly unknown[]).includes(value);
}

function readDraft(value: unknown): RelayDraft | null {
	if (!isRecord(value)) return null;
	const { label, baseUrl, apiKey, format, allowedModels, pendingModel, priority, headers, auth } = value;
	const { maxConcurrent, outboundProxy, allowPlainHttp, testModel } = value;
	if (typeof label !== "string" || typeof baseUrl !== "string" || typeof apiKey !== "string") return null;
	if (typeof pendingModel !== "string" || typeof priority !== "string" || typeof testModel !== "string") return null;
	if (typeof maxConcurrent !== "string" || typeof outboundProxy !== "string") return null;
	if (!isOneOf(formats, format) || !(auth === null || isOneOf(authStyles, auth))) return null;
	if (!isTextList(allowedModels) || !isHeaderRows(headers) || typeof allowPlainHttp !== "boolean") return null;
	const rows = headers.map((row) => ({ name: row.name, value: row.value }));
	return {
		...{ label, baseUrl, apiKey, format, allowedModels, pendingModel, priority },
		...{ headers: rows, auth, maxConcurrent, outboundProxy, allowPlainHttp, testModel },
	};
}

/** Checks what came from the page; null for anything that is none of its messages. */
export function readPageMessage(value: unknown): PageMessage | null {
	if (!isRecord(value)) return null;
	const { type } = value;
	switch (type) {
		case "ready":
		case "save":
		case "fetchModels":
		case "cancelFetch":
		case "test":
		case "cancelTest":
			return { type };
		case "changed": {
			const draft = readDraft(value["draft"]);
			return draft && { type, draft };
		}
		case "offer": {
			const { action } = value;
			return isOneOf(offerActions, action) ? { type, action } : null;
		}
		default:
			return null;
	}
}
