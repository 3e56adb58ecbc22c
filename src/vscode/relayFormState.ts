import type { RelayAccount } from "../accounts/account.ts";
import { normaliseBaseUrl } from "../accounts/baseUrl.ts";
import { shownHeaderName } from "../accounts/headerRules.ts";
import { baseUrlProblem, type FieldProblem, type RelayField } from "../accounts/relayInput.ts";
import type { RelayFault, TestReport } from "../bridge/relayReports.ts";
import { chatUrl } from "../formats/endpoints.ts";
import { keyNeedOf, repeatedHeaders } from "./relayFormDraft.ts";
import type { OfferAction, PageField, PageProblem, PageTexts, RelayDraft, UrlState } from "./relayFormMessages.ts";

/** The words the host puts into the form's state, besides those of the page. */
export interface FormTexts {
	readonly page: PageTexts;
	readonly addTitle: string;
	/** Of the form that edits an account. */
	editTitle(label: string): string;
	problem(problem: FieldProblem): string;
	fault(fault: RelayFault): string;
	test(report: TestReport): string;
	plainHttpWarning(host: string): string;
	headerTwice(name: string): string;
	lookingFor(host: string): string;
	readonly saving: string;
	/** The account was removed while its form was open. */
	readonly gone: string;
	/** The account was changed while its form was open. */
	readonly changedElsewhere: string;
	readonly offers: Readonly<Record<Exclude<OfferAction, "updateSame">, string>>;
	/** What was to be added is this account already. */
	same(label: string): string;
	updateSame(label: string): string;
	notSaved(reason: string): string;
}

/** Where the page shows a problem of one field of a relay. */
function pageFieldOf(field: RelayField): PageField {
	switch (field) {
		case "modelMap":
		case "enabled":
		case "entry":
			return "form";
		default:
			return field;
	}
}

export function pageProblemOf(problem: FieldProblem, texts: FormTexts): PageProblem {
	const field = pageFieldOf(problem.field);
	const offers =
		problem.code === "hostUnreachable" ? [{ action: "saveAnyway", label: texts.offers.saveAnyway } as const] : [];
	const detail = field === "headers" || field === "allowedModels" ? problem.detail : "";
	return { field, text: texts.problem(problem), detail, offers };
}

/** A problem of the form as a whole, with what can be done about it. */
export function formProblemOf(text: string, offers: PageProblem["offers"] = []): PageProblem {
	return { field: "form", text, detail: "", offers };
}

export function goneProblem({ gone, offers }: FormTexts): PageProblem {
	return formProblemOf(gone, [{ action: "saveAsNew", label: offers.saveAsNew }]);
}

export function changedElsewhereProblem({ changedElsewhere, offers }: FormTexts): PageProblem {
	return formProblemOf(changedElsewhere, [
		{ action: "replace", label: offers.replace },
		{ action: "loadSaved", label: offers.loadSaved },
	]);
}

export function sameProblem({ label }: RelayAccount, texts: FormTexts): PageProblem {
	return formProblemOf(texts.same(label), [{ action: "updateSame", label: texts.updateSame(label) }]);
}

/** Header names that stand in several rows. */
export function repeatedHeaderProblems(draft: RelayDraft, texts: FormTexts): readonly PageProblem[] {
	return repeatedHeaders(draft.headers).map((name) => ({
		field: "headers",
		text: texts.headerTwice(name),
		detail: shownHeaderName(name),
		offers: [],
	}));
}

/** What stands beneath the Base URL: the URL that will be called, or what is wrong with the one typed so far. */
function urlLineOf(draft: RelayDraft, texts: FormTexts): UrlState["line"] {
	const typed = normaliseBaseUrl(draft.baseUrl, draft.format);
	if (typed.ok) return { kind: "calls", url: chatUrl(draft.format, typed.baseUrl) };
	const { problem } = typed;
	if (problem.code === "empty") return { kind: "empty" };
	const suggestion = problem.code === "noScheme" ? problem.suggestion : null;
	return { kind: "problem", text: texts.problem(baseUrlProblem(problem)), suggestion };
}

/** @param saved the account being edited as saved now, or null for a new one. */
export function urlStateOf(
	draft: RelayDraft,
	saved: RelayAccount | null,
	hasSavedKey: boolean,
	texts: FormTexts,
): UrlState {
	const typed = normaliseBaseUrl(draft.baseUrl, draft.format);
	const plainHttp = typed.ok && typed.plainHttp ? texts.plainHttpWarning(new URL(typed.baseUrl).host) : null;
	return { line: urlLineOf(draft, texts), plainHttp, key: keyNeedOf(draft, saved, hasSavedKey) };
}

const problemFields: Readonly<Record<keyof RelayDraft, readonly PageField[]>> = {
	label: ["label"],
	baseUrl: ["baseUrl", "apiKey"],
	apiKey: ["apiKey"],
	format: ["format", "baseUrl", "auth"],
	allowedModels: ["allowedModels"],
	pendingModel: ["allowedModels"],
	priority: ["priority"],
	headers: ["headers"],
	auth: ["auth"],
	maxConcurrent: ["maxConcurrent"],
	outboundProxy: ["outboundProxy"],
	allowPlainHttp: ["baseUrl"],
	testModel: [],
};

/** Whether an edit makes another relay of a draft than the saved one that it was found to be. */
export function makesAnotherRelay(changed: ReadonlySet<keyof RelayDraft>): boolean {
	return changed.has("baseUrl") || changed.has("format") || changed.has("apiKey");
}

/** The problems that still stand after an edit: those of the fields that were not touched. */
export function remainingProblems(
	problems: readonly PageProblem[],
	changed: ReadonlySet<keyof RelayDraft>,
): readonly PageProblem[] {
	const touched = new Set([...changed].flatMap((name) => problemFields[name]));
	const mayBeSame = !makesAnotherRelay(changed);
	return problems.filter(
		({ field, offers }) => !touched.has(field) && (mayBeSame || offers.every(({ action }) => action !== "updateSame")),
	);
}
