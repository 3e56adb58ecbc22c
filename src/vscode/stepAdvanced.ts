import * as vscode from "vscode";
import { type AuthStyle, authStyles } from "../accounts/account.ts";
import { effectiveAuth, endpoints } from "../formats/endpoints.ts";
import { authNames } from "./authNames.ts";
import type { Parts } from "./parts.ts";
import { pickText, plainText } from "./plainText.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import type { Step, StepResult } from "./relaySteps.ts";
import { type Answer, askChoice, askText, type Heading } from "./stepInput.ts";
import { problemIn, resultOf } from "./stepQuestions.ts";
import { headerLine, headerRowIn, repeatedHeader, withHeader } from "./stepRules.ts";

type Way = "priority" | "maxConcurrent" | "outboundProxy" | "headers" | "auth";

/** What most relays need nothing of: asked for only when somebody wants it, as often as wanted. */
export const askAdvanced: Step = async (draft, parts, heading) => {
	let now = draft;
	let current: Way = "priority";
	for (;;) {
		const answer: Answer<Way> = await askChoice<Way>({
			...heading,
			placeholder: vscode.l10n.t("Advanced"),
			current,
			choices: [
				{ label: vscode.l10n.t("Priority"), detail: now.priority.trim() || "0", value: "priority" },
				{ label: vscode.l10n.t("Requests at once"), ...detailOf(now.maxConcurrent), value: "maxConcurrent" },
				{ label: vscode.l10n.t("Outbound proxy"), ...detailOf(now.outboundProxy), value: "outboundProxy" },
				{ label: vscode.l10n.t("Extra headers"), ...headersDetail(now), value: "headers" },
				{ label: vscode.l10n.t("Key is sent as"), detail: authDetail(now), value: "auth" },
			],
		});
		if (answer.kind !== "given") return { draft: now, move: answer.kind === "back" ? "back" : "cancelled" };
		current = answer.value;
		const result: StepResult = await questions[current](now, parts, heading);
		if (result.move === "cancelled") return result;
		now = result.draft;
	}
};

const questions: Readonly<Record<Way, Step>> = {
	priority: askField("priority", () => ({
		placeholder: vscode.l10n.t("Priority"),
		hint: vscode.l10n.t("A whole number. Accounts with a higher one answer first."),
	})),
	maxConcurrent: askField("maxConcurrent", () => ({
		placeholder: vscode.l10n.t("Requests at once"),
		hint: vscode.l10n.t("Further requests go to other accounts, or wait. Empty means no limit."),
	})),
	outboundProxy: askField("outboundProxy", () => ({
		placeholder: vscode.l10n.t("Outbound proxy"),
		hint: vscode.l10n.t(
			"For this relay alone, for example http://proxy.example.com:8080; “direct” for none. Leave empty to connect as VS Code does.",
		),
	})),
	headers: askHeaders,
	auth: askAuth,
};

interface FieldTexts {
	readonly placeholder: string;
	readonly hint: string;
}

/** A question for a field that is one line of text. */
function askField(field: "priority" | "maxConcurrent" | "outboundProxy", texts: () => FieldTexts): Step {
	return async (draft, parts, heading) => {
		const { placeholder, hint } = texts();
		const answer = await askText({
			...heading,
			value: draft[field],
			placeholder,
			describe: () => hint,
			problem: (typed) => problemIn({ ...draft, [field]: typed }, parts, field),
		});
		// What was typed and not accepted may be wrong: nothing would show that in the end.
		return answer.kind === "back"
			? { draft, move: "back" }
			: resultOf(answer, draft, (typed) => ({ ...draft, [field]: typed }));
	};
}

async function askAuth(draft: RelayDraft, _parts: Parts, heading: Heading): Promise<StepResult> {
	const { name, defaultAuth } = endpoints[draft.format];
	const answer = await askChoice<AuthStyle | "default">({
		...heading,
		placeholder: vscode.l10n.t("Key is sent as"),
		current: draft.auth ?? "default",
		choices: [
			{
				label: vscode.l10n.t("Default for the format"),
				detail: vscode.l10n.t("{0} relays get the key as {1}.", name, authNames[defaultAuth]),
				value: "default",
			},
			...authStyles.map((value) => ({ label: authNames[value], value })),
		],
	});
	return resultOf(answer, draft, (auth) => ({ ...draft, auth: auth === "default" ? null : auth }));
}

/** One header after the other, until there is none left to add or change. */
async function askHeaders(draft: RelayDraft, parts: Parts, heading: Heading): Promise<StepResult> {
	let now = draft;
	for (;;) {
		const answer = await askChoice<number>({
			...heading,
			placeholder: vscode.l10n.t("Extra headers"),
			prompt: vscode.l10n.t("Sent with every request to this relay. Keys belong in API Key, not here."),
			current: now.headers.length,
			choices: [
				...now.headers.map((row, value) => ({ label: pickText(headerLine(row)), value })),
				{ label: `$(add) ${vscode.l10n.t("Add header")}`, value: now.headers.length },
			],
		});
		if (answer.kind !== "given") return { draft: now, move: answer.kind === "back" ? "back" : "cancelled" };
		const result = await askHeader(now, answer.value, parts, heading);
		if (result.move === "cancelled") return result;
		now = result.draft;
	}
}

/** @param index which header; behind the last one for a new one. */
async function askHeader(draft: RelayDraft, index: number, parts: Parts, heading: Heading): Promise<StepResult> {
	const row = draft.headers[index];
	const changed = (typed: string): RelayDraft => ({ ...draft, headers: withHeader(draft.headers, index, typed) });
	const answer = await askText({
		...heading,
		value: row === undefined ? "" : headerLine(row),
		placeholder: vscode.l10n.t("Name: value"),
		describe: () => vscode.l10n.t("The header's name, a colon and its value. Empty means no header."),
		problem: (typed) => {
			if (typed.trim() === "") return null;
			if (headerRowIn(typed) === null) return vscode.l10n.t("Write the header's name, a colon and its value.");
			const twice = repeatedHeader(changed(typed));
			if (twice !== null) return vscode.l10n.t("The header {0} is there more than once.", plainText(twice));
			return problemIn(changed(typed), parts, "headers");
		},
	});
	return answer.kind === "back" ? { draft, move: "back" } : resultOf(answer, draft, changed);
}

function detailOf(typed: string): { readonly detail?: string } {
	return typed.trim() === "" ? {} : { detail: typed.trim() };
}

function headersDetail({ headers }: RelayDraft): { readonly detail?: string } {
	return headers.length === 0 ? {} : { detail: headers.map(({ name }) => name).join(", ") };
}

function authDetail({ auth, format }: RelayDraft): string {
	return authNames[effectiveAuth(format, auth)];
}
