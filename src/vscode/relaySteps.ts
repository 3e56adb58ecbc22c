import * as vscode from "vscode";
import type { RelayField } from "../accounts/relayInput.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";
import { blankDraft } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import { askAdvanced } from "./stepAdvanced.ts";
import { askChoice, type Heading } from "./stepInput.ts";
import { askModels } from "./stepModels.ts";
import { askFormat, askKey, askLabel, askUrl } from "./stepQuestions.ts";
import { saveDraft } from "./stepSave.ts";
import { runTest } from "./stepTest.ts";

/** What a step leaves behind, and where to go from it. */
export interface StepResult {
	readonly draft: RelayDraft;
	readonly move: "next" | "back" | "cancelled";
}

/** One step of the flow: asks until its part of the draft is right. */
export type Step = (draft: RelayDraft, parts: Parts, heading: Heading) => Promise<StepResult>;

/** The steps before saving, each with the field it is about. */
const steps: readonly { readonly field: RelayField; readonly ask: Step }[] = [
	{ field: "format", ask: askFormat },
	{ field: "label", ask: askLabel },
	{ field: "baseUrl", ask: askUrl },
	{ field: "apiKey", ask: askKey },
	{ field: "allowedModels", ask: askModels },
];

/** "Add Relay Account (Step by Step)": everything the form needs, by keyboard alone. */
export async function addRelayStepByStep(parts: Parts): Promise<void> {
	let draft = blankDraft;
	let index = 0;
	for (;;) {
		const heading = {
			title: vscode.l10n.t("Add Relay Account"),
			step: index + 1,
			totalSteps: steps.length + 1,
		};
		const step = steps[index];
		if (step === undefined) {
			const end = await askToSave(draft, parts, heading);
			if (end.kind === "over") return;
			draft = end.draft;
			index = end.index;
			continue;
		}
		const result = await step.ask(draft, parts, heading);
		if (result.move === "cancelled") return;
		draft = result.draft;
		index += result.move === "next" ? 1 : -1;
	}
}

type End = { readonly kind: "over" } | { readonly kind: "goTo"; readonly index: number; readonly draft: RelayDraft };

/** The last step: test and refine as often as wanted, then save. What fails is shown here, and nothing is lost. */
async function askToSave(typed: RelayDraft, parts: Parts, heading: Heading): Promise<End> {
	let draft = typed;
	let current: "save" | "test" | "advanced" = "save";
	let news: string | null = null;
	for (;;) {
		const answer = await askChoice({
			...heading,
			placeholder: vscode.l10n.t("Save {0}, or test it first", plainText(draft.label)),
			...(news === null ? {} : { prompt: news }),
			current,
			choices: [
				{ label: `$(save) ${vscode.l10n.t("Save")}`, value: "save" as const },
				{
					label: `$(beaker) ${vscode.l10n.t("Test")}`,
					detail: vscode.l10n.t("Sends one small real request to the relay, which may cost a token."),
					value: "test" as const,
				},
				{
					label: `$(settings-gear) ${vscode.l10n.t("Advanced")}`,
					detail: vscode.l10n.t("Priority, requests at once, outbound proxy, extra headers, and how the key is sent."),
					value: "advanced" as const,
				},
			],
		});
		if (answer.kind === "cancelled") return { kind: "over" };
		if (answer.kind === "back") return { kind: "goTo", index: steps.length - 1, draft };
		if (answer.value === "test") {
			const test = await runTest(draft, parts);
			news = test.text;
			current = test.ok ? "save" : "test";
			continue;
		}
		if (answer.value === "advanced") {
			const result = await askAdvanced(draft, parts, heading);
			if (result.move === "cancelled") return { kind: "over" };
			draft = result.draft;
			current = "save";
			news = null;
			continue;
		}
		const saved = await saveDraft(draft, parts, heading);
		if (saved.kind === "over") return saved;
		if (saved.kind === "stay") {
			news = saved.news;
			continue;
		}
		const fields = saved.problems.map(({ field }) => field);
		const index = steps.findIndex(({ field }) => fields.includes(field));
		news = problemsText(saved.problems);
		if (index === -1) continue;
		tell(parts.log, "warning", news);
		return { kind: "goTo", index, draft };
	}
}
