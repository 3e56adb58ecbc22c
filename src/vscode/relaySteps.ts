import * as vscode from "vscode";
import type { RelayField } from "../accounts/relayInput.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText, plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";
import { blankDraft, relayValueOf } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import { askChoice, type Heading } from "./stepInput.ts";
import { askModels } from "./stepModels.ts";
import { askFormat, askKey, askLabel, askUrl } from "./stepQuestions.ts";
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
			index = end.index;
			continue;
		}
		const result = await step.ask(draft, parts, heading);
		if (result.move === "cancelled") return;
		draft = result.draft;
		index += result.move === "next" ? 1 : -1;
	}
}

type End = { readonly kind: "over" } | { readonly kind: "goTo"; readonly index: number };

/** The last step: test as often as wanted, then save. What fails is shown here, and nothing is lost. */
async function askToSave(draft: RelayDraft, parts: Parts, heading: Heading): Promise<End> {
	let current: "save" | "test" = "save";
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
			],
		});
		if (answer.kind === "cancelled") return { kind: "over" };
		if (answer.kind === "back") return { kind: "goTo", index: steps.length - 1 };
		if (answer.value === "test") {
			const test = await runTest(draft, parts);
			news = test.text;
			current = test.ok ? "save" : "test";
			continue;
		}
		const saved = await save(draft, parts);
		if (saved.kind !== "failed") return saved;
		news = saved.text;
	}
}

async function save(
	draft: RelayDraft,
	{ relays, log }: Parts,
): Promise<End | { readonly kind: "failed"; readonly text: string }> {
	try {
		const result = await relays.save(relayValueOf(draft, null));
		if (result.kind === "refused") {
			const fields = result.problems.map(({ field }) => field);
			const index = steps.findIndex(({ field }) => fields.includes(field));
			const text = problemsText(result.problems);
			if (index === -1) return { kind: "failed", text };
			tell(log, "warning", text);
			return { kind: "goTo", index };
		}
		const label = plainText(result.account.label);
		tell(
			log,
			"info",
			result.kind === "added"
				? vscode.l10n.t("{0} was added.", label)
				: vscode.l10n.t("This relay was there already, as {0}: it was brought up to date.", label),
		);
		return { kind: "over" };
	} catch (error) {
		log.error(errorText(error));
		return { kind: "failed", text: vscode.l10n.t("It could not be saved: {0}", errorText(error)) };
	}
}
