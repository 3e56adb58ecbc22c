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

function countsText(counts: Counts, { number }: LocalTexts): string {
	if (counts.requests === 0) return vscode.l10n.t("no requests");
	const part = (value: number) => number(value);
	const parts = [vscode.l10n.t("requests {0}", part(counts.requests))];
	if (counts.failures > 0) parts.push(vscode.l10n.t("failed {0}", part(counts.failures)));
	if (counts.input + counts.output > 0) {
		parts.push(
			counts.cached > 0
				? vscode.l10n.t("tokens in {0} (cached {1})", part(counts.input), part(counts.cached))
				: vscode.l10n.t("tokens in {0}", part(counts.input)),
			counts.reasoning > 0
				? vscode.l10n.t("out {0} (reasoning {1})", part(counts.output), part(counts.reasoning))
				: vscode.l10n.t("out {0}", part(counts.output)),
		);
	}
	if (counts.unknown > 0) parts.push(vscode.l10n.t("requests without token counts {0}", part(counts.unknown)));
	return parts.join(", ");
}
