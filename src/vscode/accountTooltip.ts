import * as vscode from "vscode";
import { type Account, isRelay, type RelayAccount } from "../accounts/account.ts";
import { chatUrl, effectiveAuth, endpoints } from "../formats/endpoints.ts";
import { type AccountFacts, accountState, stateText } from "./accountItem.ts";
import { authNames } from "./authNames.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { proxyText } from "./proxyText.ts";

/** How many models or header names are listed before "and n more". */
const listLimit = 12;

/**
 * Everything about an account that helps to understand it, as Markdown without links; foreign text is escaped.
 * @param formatTime milliseconds since 1970 → date and time as this person reads them.
 */
export function accountTooltip(account: Account, facts: AccountFacts, formatTime: (at: number) => string): string {
	const lines = isRelay(account) ? relayLines(account) : nativeLines(account);
	return [
		`**${escapeMarkdown(account.label)}** — ${escapeMarkdown(stateText(accountState(account, facts)))}`,
		[...lines, ...activityLines(facts, formatTime)].map((line) => `- ${line}`).join("\n"),
		escapeMarkdown(proxyText(facts.proxy)),
	].join("\n\n");
}

function relayLines(account: RelayAccount): readonly string[] {
	const { format, baseUrl, allowedModels, modelMap, priority, headers, auth } = account;
	const renamed = Object.entries(modelMap).map(([name, own]) => `${codeSpan(name)} → ${codeSpan(own)}`);
	const headerNames = Object.keys(headers).map(codeSpan);
	const lines = [
		named(vscode.l10n.t("Format"), endpoints[format].name),
		named(vscode.l10n.t("URL called"), codeSpan(chatUrl(format, baseUrl))),
		named(
			vscode.l10n.t("Models"),
			allowedModels === null ? vscode.l10n.t("all that the relay offers") : listed(allowedModels.map(codeSpan)),
		),
	];
	if (renamed.length > 0) lines.push(named(vscode.l10n.t("Renamed models"), listed(renamed)));
	lines.push(
		named(vscode.l10n.t("Priority"), String(priority)),
		named(vscode.l10n.t("Authentication"), codeSpan(authNames[effectiveAuth(format, auth)])),
	);
	if (headerNames.length > 0) lines.push(named(vscode.l10n.t("Extra headers"), listed(headerNames)));
	return lines;
}

function nativeLines({ email, planType }: Account & { readonly type: "native" }): readonly string[] {
	const lines = [
		vscode.l10n.t("This ChatGPT login was saved by an earlier version. It answers again after signing in."),
	];
	if (email !== null) lines.push(named(vscode.l10n.t("Email"), escapeMarkdown(email)));
	if (planType !== null) lines.push(named(vscode.l10n.t("Plan"), escapeMarkdown(planType)));
	return lines;
}

function activityLines({ activity }: AccountFacts, formatTime: (at: number) => string): readonly string[] {
	const lastUsed = activity === undefined ? vscode.l10n.t("not yet in this window") : formatTime(activity.lastUsed);
	const lines = [named(vscode.l10n.t("Last used"), escapeMarkdown(lastUsed))];
	if (activity?.lastError) {
		const { at, text } = activity.lastError;
		lines.push(named(vscode.l10n.t("Last error"), `${escapeMarkdown(formatTime(at))}: ${escapeMarkdown(text)}`));
	}
	return lines;
}

function named(name: string, value: string): string {
	return `${name}: ${value}`;
}

function listed(parts: readonly string[]): string {
	const shown = parts.slice(0, listLimit).join(", ");
	const more = parts.length - listLimit;
	return more > 0 ? `${shown} ${vscode.l10n.t("and {0} more", more)}` : shown;
}
