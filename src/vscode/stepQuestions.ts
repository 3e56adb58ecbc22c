import * as vscode from "vscode";
import { type Format, formats } from "../accounts/account.ts";
import { normaliseBaseUrl } from "../accounts/baseUrl.ts";
import { reach } from "../accounts/reachability.ts";
import type { RelayField } from "../accounts/relayInput.ts";
import { endpoints } from "../formats/endpoints.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import { problemsText, problemText } from "./problemText.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import type { Step, StepResult } from "./relaySteps.ts";
import { type Answer, askChoice, askText, type Heading } from "./stepInput.ts";
import { calledUrl, fieldProblems, plainHttpHost } from "./stepRules.ts";

/** Milliseconds to wait for a host that may be far away, and not so long that the flow seems stuck. */
const reachTime = 4000;

export const askFormat: Step = async (draft, _parts, heading) => {
	const answer = await askChoice<Format>({
		...heading,
		placeholder: vscode.l10n.t("Which format does the relay speak?"),
		current: draft.format,
		choices: formats.map((format) => ({ label: endpoints[format].name, detail: meaning(format), value: format })),
	});
	return resultOf(answer, draft, (format) => ({ ...draft, format }));
};

export const askLabel: Step = async (draft, parts, heading) => {
	const answer = await askText({
		...heading,
		value: draft.label,
		placeholder: vscode.l10n.t("Label, for example Work relay"),
		describe: () => vscode.l10n.t("The name under which this account is shown."),
		problem: (label) => problemIn({ ...draft, label }, parts, "label"),
	});
	return resultOf(answer, draft, (label) => ({ ...draft, label }));
};

export const askUrl: Step = async (draft, parts, heading) => {
	let typed = draft;
	for (;;) {
		const answer = await askText({
			...heading,
			value: typed.baseUrl,
			placeholder: vscode.l10n.t("Base URL, for example https://api.example.com"),
			describe: (baseUrl) => called({ ...draft, baseUrl }),
			problem: (baseUrl) => problemIn({ ...draft, baseUrl }, parts, "baseUrl"),
			doubt: (baseUrl) => doubtIn(draft.format, baseUrl),
		});
		// A yes to unencrypted http holds for the URL it was given for, not for the next one.
		const result = resultOf(answer, draft, (baseUrl) => ({
			...draft,
			baseUrl,
			allowPlainHttp: draft.allowPlainHttp && baseUrl === draft.baseUrl,
		}));
		const host = plainHttpHost(result.draft);
		if (result.move !== "next" || host === null || result.draft.allowPlainHttp) return result;
		const consent = await askPlainHttp(host, heading);
		if (consent === "cancelled") return { draft: result.draft, move: "cancelled" };
		if (consent === "allow") return { draft: { ...result.draft, allowPlainHttp: true }, move: "next" };
		typed = result.draft;
	}
};

export const askKey: Step = async (draft, parts, heading) => {
	const answer = await askText({
		...heading,
		value: draft.apiKey,
		placeholder: vscode.l10n.t("API key"),
		password: true,
		describe: () => vscode.l10n.t("Kept in VS Code's secret storage and sent to this relay alone."),
		problem: (apiKey) => problemIn({ ...draft, apiKey }, parts, "apiKey"),
	});
	return resultOf(answer, draft, (apiKey) => ({ ...draft, apiKey }));
};

/** A step's result out of the answer to its question. */
export function resultOf<T>(answer: Answer<T>, draft: RelayDraft, take: (value: T) => RelayDraft): StepResult {
	if (answer.kind === "cancelled") return { draft, move: "cancelled" };
	return { draft: take(answer.value), move: answer.kind === "given" ? "next" : "back" };
}

/** What is wrong with one field, in words; null when nothing is. */
export function problemIn(draft: RelayDraft, { book }: Pick<Parts, "book">, field: RelayField): string | null {
	const problems = fieldProblems({ draft, accounts: book.accounts }, field);
	return problems.length === 0 ? null : problemsText(problems);
}

function meaning(format: Format): string {
	switch (format) {
		case "codex":
			return vscode.l10n.t("Responses API, as Codex speaks it (/responses)");
		case "openai":
			return vscode.l10n.t("Chat Completions, as most relays speak it (/chat/completions)");
		case "anthropic":
			return vscode.l10n.t("Messages API, as Claude Code speaks it (/messages)");
		case "gemini":
			return vscode.l10n.t("Generate Content API, as Gemini CLI speaks it (:generateContent)");
	}
}

function called(draft: RelayDraft): string {
	const url = calledUrl(draft);
	return url === null
		? vscode.l10n.t("Where the relay is, from https:// on. With or without /v1, or as a full endpoint.")
		: vscode.l10n.t("Will call {0}", plainText(url, 400));
}

async function doubtIn(format: Format, typed: string): Promise<string | null> {
	const url = normaliseBaseUrl(typed, format);
	if (!url.ok || (await reach(url.baseUrl, reachTime)).kind === "reachable") return null;
	const problem = problemText({ field: "baseUrl", code: "hostUnreachable", detail: new URL(url.baseUrl).host });
	return `${problem} ${vscode.l10n.t("Press Enter again to use it all the same.")}`;
}

async function askPlainHttp(host: string, heading: Heading): Promise<"allow" | "change" | "cancelled"> {
	const answer = await askChoice<"allow" | "change">({
		...heading,
		placeholder: vscode.l10n.t("Without https the key and all texts travel to {0} unencrypted.", plainText(host)),
		current: "change",
		choices: [
			{ label: vscode.l10n.t("Change the URL"), value: "change" },
			{ label: vscode.l10n.t("Send them unencrypted"), value: "allow" },
		],
	});
	if (answer.kind === "cancelled") return "cancelled";
	return answer.kind === "back" ? "change" : answer.value;
}
