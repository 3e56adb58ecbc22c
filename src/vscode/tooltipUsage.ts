import * as vscode from "vscode";
import type { UsageBook, UsageSpan } from "../accounts/usageBook.ts";
import { type Counts, otherModels } from "../accounts/usageTable.ts";
import type { LocalTexts } from "./localTexts.ts";
import { codeSpan } from "./markdown.ts";

/** What an account was used for. */
export interface AccountUsage {
	readonly today: UsageSpan;
	/** 30 days, today included. */
	readonly month: UsageSpan;
}

/** How many models are named. */
const modelLimit = 3;

export function usageOf(accountId: string, usage: Pick<UsageBook, "usageOf">): AccountUsage {
	return { today: usage.usageOf(accountId, 1), month: usage.usageOf(accountId, 30) };
}

/** Markdown, a line each; numbers stand behind their names, so that no language has to count. */
export function usageLines({ today, month }: AccountUsage, local: LocalTexts): readonly string[] {
	if (month.total.requests === 0) return [`${vscode.l10n.t("30 days")}: ${vscode.l10n.t("no requests")}`];
	const lines = [
		`${vscode.l10n.t("Today")}: ${countsText(today.total, local)}`,
		`${vscode.l10n.t("30 days")}: ${countsText(month.total, local)}`,
	];
	if (month.models.length < 2) return lines;
	return [
		...lines,
		...month.models
			.slice(0, modelLimit)
			.map(({ model, counts }) => `${modelName(model)} (${vscode.l10n.t("30 days")}): ${countsText(counts, local)}`),
	];
}

function modelName(model: string): string {
	return model === otherModels ? vscode.l10n.t("other models") : codeSpan(model);
}

function countsText(counts: Counts, { number, rough }: LocalTexts): string {
	if (counts.requests === 0) return vscode.l10n.t("no requests");
	const parts = [vscode.l10n.t("requests {0}", number(counts.requests))];
	if (counts.failures > 0) parts.push(vscode.l10n.t("failed {0}", number(counts.failures)));
	if (counts.input + counts.output > 0) {
		parts.push(
			counts.cached > 0
				? vscode.l10n.t("tokens in {0} (cached {1})", rough(counts.input), rough(counts.cached))
				: vscode.l10n.t("tokens in {0}", rough(counts.input)),
			counts.reasoning > 0
				? vscode.l10n.t("out {0} (reasoning {1})", rough(counts.output), rough(counts.reasoning))
				: vscode.l10n.t("out {0}", rough(counts.output)),
		);
	}
	if (counts.unknown > 0) parts.push(vscode.l10n.t("requests without token counts {0}", number(counts.unknown)));
	return parts.join(", ");
}
