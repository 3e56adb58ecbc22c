import * as vscode from "vscode";
import { faultText } from "./faultText.ts";
import { withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import type { Step, StepResult } from "./relaySteps.ts";
import { relayTarget } from "./relayTarget.ts";
import { type Answer, askChoice, askSeveral, askText, type Heading } from "./stepInput.ts";
import { problemIn, resultOf } from "./stepQuestions.ts";
import { inputOf } from "./stepRules.ts";
import { splitModels } from "./typedModels.ts";

type Way = "all" | "list" | "type";

/** Which models the relay may answer: all, some of its own list, or names and patterns as typed. */
export const askModels: Step = async (draft, parts, heading) => {
	let now = draft;
	let way: Way = draft.allowedModels.length === 0 ? "all" : "type";
	let news: string | null = null;
	for (;;) {
		const answer: Answer<Way> = await askChoice<Way>({
			...heading,
			placeholder: vscode.l10n.t("Which models may this account answer?"),
			...(news === null ? {} : { prompt: news }),
			current: way,
			choices: [
				{ label: vscode.l10n.t("All models"), value: "all" },
				{
					label: vscode.l10n.t("Pick from the relay's list"),
					detail: vscode.l10n.t("Asks the relay now."),
					value: "list",
				},
				{
					label: vscode.l10n.t("Type names or patterns"),
					detail: now.allowedModels.length === 0 ? "gpt-*, claude-sonnet-*" : now.allowedModels.join(", "),
					value: "type",
				},
			],
		});
		if (answer.kind !== "given") return resultOf(answer, now, () => now);
		way = answer.value;
		if (way === "all") return { draft: { ...now, allowedModels: [] }, move: "next" };
		const result: StepResult | string =
			way === "type" ? await typeModels(now, parts, heading) : await pickModels(now, parts, heading);
		if (typeof result === "string") {
			news = result;
			continue;
		}
		if (result.move !== "back") return result;
		now = result.draft;
		news = null;
	}
};

async function typeModels(draft: RelayDraft, parts: Parts, heading: Heading): Promise<StepResult> {
	const withModels = (typed: string): RelayDraft => ({ ...draft, allowedModels: splitModels(typed) });
	const answer = await askText({
		...heading,
		value: draft.allowedModels.join(", "),
		placeholder: "gpt-*, claude-sonnet-*",
		describe: () =>
			vscode.l10n.t("Names with commas between them; * stands for any characters. Empty means all models."),
		problem: (typed) => problemIn(withModels(typed), parts, "allowedModels"),
	});
	return resultOf(answer, draft, withModels);
}

/** @returns a text when there is no list to pick from. */
async function pickModels(draft: RelayDraft, parts: Parts, heading: Heading): Promise<StepResult | string> {
	const input = inputOf({ draft, accounts: parts.book.accounts });
	if (input === null) return vscode.l10n.t("The relay cannot be asked: go back and check the entries before.");
	const report = await withCancellableProgress(
		vscode.l10n.t("Asking {0} for its models…", plainText(new URL(input.baseUrl).host)),
		(signal) => parts.proxy.listModels(relayTarget(input, input.apiKey ?? ""), signal),
	);
	if (report.kind !== "ok") return faultText(report);
	// What was chosen or typed before stays in the list, patterns too.
	const values = [...new Set([...draft.allowedModels, ...report.models])];
	if (values.length === 0) return vscode.l10n.t("The relay lists no model. Type names, or allow all.");
	const answer = await askSeveral({
		...heading,
		placeholder: vscode.l10n.t("Choose the allowed models"),
		whenNone: vscode.l10n.t("Choose at least one model, or go back and allow all."),
		values,
		chosen: draft.allowedModels,
	});
	return resultOf(answer, draft, (allowedModels) => ({ ...draft, allowedModels }));
}
