import * as vscode from "vscode";
import type { ModelRest, Rest, RestReason } from "../bridge/accountLive.ts";
import { spanText } from "./countdown.ts";
import type { LocalTexts } from "./localTexts.ts";
import { plainText } from "./plainText.ts";

export function reasonText(reason: RestReason): string {
	switch (reason) {
		case "keyRefused":
			return vscode.l10n.t("key refused");
		case "outOfQuota":
			return vscode.l10n.t("out of quota");
		case "rateLimited":
			return vscode.l10n.t("rate limited");
		case "failing":
			return vscode.l10n.t("failing");
		case "modelUnknown":
			return vscode.l10n.t("model unknown");
	}
}

/** The reason and the time that is left, short enough for a narrow view; a quota has the time when it is back. */
export function restText(rest: Rest, now: number, local: LocalTexts): string {
	if (rest.until === null) return reasonText(rest.reason);
	if (countsDown(rest)) return `${reasonText(rest.reason)} (${spanText(rest.until - now)})`;
	return untilText(rest.reason, local.brief(rest.until));
}

/** The reason and the moment it ends: stays true for as long as it is looked at. */
export function restUntilText({ reason, until }: Rest, local: LocalTexts): string {
	return until === null ? reasonText(reason) : untilText(reason, local.short(until));
}

function untilText(reason: RestReason, moment: string): string {
	return vscode.l10n.t("{0} until {1}", reasonText(reason), moment);
}

/** One model of an account, and why it rests. */
export function modelRestText(rest: ModelRest, now: number, local: LocalTexts): string {
	return `${plainText(rest.model, 60)}: ${restText(rest, now, local)}`;
}

/** Whether the words of a rest change by the time alone. */
export function countsDown({ reason, until }: Rest): boolean {
	return until !== null && reason !== "outOfQuota";
}
