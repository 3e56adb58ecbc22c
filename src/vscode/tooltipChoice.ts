import * as vscode from "vscode";
import type { ChoiceNote, PassedOver } from "../bridge/accountLive.ts";
import type { LocalTexts } from "./localTexts.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";

/** How many accounts are named in a line. */
const namedLimit = 10;

/** What rules an account out however it stands: said once for all of them. */
const ruledOut = ["otherNamed", "otherFormat"] as const satisfies readonly PassedOver["why"][];

/** A choice explained, as lines of Markdown: who was chosen, and each account that was not with the reason. */
export function choiceLines({ at, model, chosen, passedOver }: ChoiceNote, local: LocalTexts): readonly string[] {
	const when = escapeMarkdown(local.short(at));
	const choice =
		chosen === null
			? vscode.l10n.t("{0}: nobody for {1}", when, codeSpan(model))
			: vscode.l10n.t("{0}: {1} for {2}", when, escapeMarkdown(chosen), codeSpan(model));
	const considered = passedOver
		.filter(({ why }) => !ruledOut.some((rule) => rule === why))
		.map((one) => `${escapeMarkdown(one.label)} (${escapeMarkdown(whyText(one, local))})`);
	const others = ruledOut.map((rule) => {
		const labels = passedOver.filter(({ why }) => why === rule).map(({ label }) => escapeMarkdown(label));
		return line(vscode.l10n.t("Passed over ({0})", reasonWords(rule)), labels);
	});
	const lines = [line(vscode.l10n.t("Passed over"), considered), ...others];
	return [`${vscode.l10n.t("Last choice")}: ${choice}`, ...lines.filter((one) => one !== null)];
}

/** @returns null where there is nobody to name. */
function line(name: string, accounts: readonly string[]): string | null {
	if (accounts.length === 0) return null;
	const named = accounts.slice(0, namedLimit).join(", ");
	const more = accounts.length - namedLimit;
	return `${name}: ${more > 0 ? `${named} ${vscode.l10n.t("and {0} more", more)}` : named}`;
}

/** Why an account was passed over, in a few words. */
function whyText({ why, until }: PassedOver, local: LocalTexts): string {
	const words = reasonWords(why);
	return until === null ? words : vscode.l10n.t("{0} until {1}", words, local.short(until));
}

function reasonWords(why: PassedOver["why"]): string {
	switch (why) {
		case "disabled":
			return vscode.l10n.t("disabled");
		case "keyMissing":
			return vscode.l10n.t("key missing");
		case "modelNotAllowed":
			return vscode.l10n.t("model not allowed");
		case "resting":
			return vscode.l10n.t("cooling");
		case "modelResting":
			return vscode.l10n.t("model cooling");
		case "probing":
			return vscode.l10n.t("being tried again");
		case "busy":
			return vscode.l10n.t("busy");
		case "otherFormat":
			return vscode.l10n.t("other format");
		case "otherNamed":
			return vscode.l10n.t("another account was named");
		case "tried":
			return vscode.l10n.t("tried before");
		case "lowerPriority":
			return vscode.l10n.t("lower priority");
		case "affinity":
			return vscode.l10n.t("the conversation stays");
		case "strategy":
			return vscode.l10n.t("not its turn");
	}
}
