import * as vscode from "vscode";
import { type Account, isRelay, type RelayAccount } from "../accounts/account.ts";
import { noProxy, withoutLogin } from "../accounts/outboundProxyRules.ts";
import type { Rest } from "../bridge/accountLive.ts";
import { chatUrl, effectiveAuth, endpoints } from "../formats/endpoints.ts";
import type { AccountFacts } from "./accountFacts.ts";
import { lacksKeyHere } from "./accountItem.ts";
import { type AccountState, accountState, stateText } from "./accountState.ts";
import { authNames } from "./authNames.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { nativeRestText } from "./nativeState.ts";
import { proxyText } from "./proxyText.ts";
import { reasonText } from "./restText.ts";
import { choiceLines } from "./tooltipChoice.ts";
import { nativeLines } from "./tooltipNative.ts";
import { quotaLines } from "./tooltipQuota.ts";
import { restLines } from "./tooltipRests.ts";
import { type AccountUsage, usageLines } from "./tooltipUsage.ts";

/** How many models or header names are listed before "and n more". */
const listLimit = 12;

/**
 * Everything about an account that helps to understand it, as Markdown without links; foreign text is escaped. What changes
 * comes first: a low window cuts the end.
 */
export function accountTooltip(account: Account, facts: AccountFacts, usage: AccountUsage): string {
	const { live, local, now, quota } = facts;
	const state = escapeMarkdown(lastingText(accountState(account, facts), facts));
	const standing = [...restLines(facts), ...keyLines(account, facts)];
	const choice = live?.lastChoice ? choiceLines(live.lastChoice, local) : [];
	const lists = [
		standing,
		isRelay(account) ? [] : quotaLines(quota, now, local),
		choice,
		[...usageLines(usage, local), ...activityLines(facts)],
		isRelay(account) ? relayLines(account) : nativeLines(account, facts),
	];
	return [
		`**${escapeMarkdown(account.label)}** — ${state}`,
		// Without a rule between them Markdown takes lists for one.
		lists
			.filter((lines) => lines.length > 0)
			.map(listOf)
			.join("\n\n---\n\n"),
		escapeMarkdown(proxyText(facts.proxy)),
	].join("\n\n");
}

/** The state in words that stay true while they are read: the moments stand below. */
function lastingText(state: AccountState, facts: AccountFacts): string {
	if (state.kind === "resting") return restReasonText(state.rest, facts);
	if (state.kind === "modelsResting" && state.count === 1) return vscode.l10n.t("model cooling");
	return stateText(state, facts);
}

function restReasonText({ reason }: Rest, { login, local }: AccountFacts): string {
	return (login === null ? null : nativeRestText(reason, null, local)) ?? reasonText(reason);
}

function listOf(lines: readonly string[]): string {
	return lines.map((line) => `- ${line}`).join("\n");
}

function keyLines(account: Account, facts: AccountFacts): readonly string[] {
	if (!lacksKeyHere(account, facts)) return [];
	const note = isRelay(account)
		? vscode.l10n.t("This window has no key for this account; the window that serves has one.")
		: vscode.l10n.t("This account is signed out in this window; the window that serves has a login.");
	return [escapeMarkdown(note)];
}

function relayLines(account: RelayAccount): readonly string[] {
	const { format, baseUrl, allowedModels, modelMap, priority, headers, auth, maxConcurrent, outboundProxy } = account;
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
	if (maxConcurrent !== null) lines.push(named(vscode.l10n.t("Requests at once"), String(maxConcurrent)));
	if (outboundProxy !== null) lines.push(named(vscode.l10n.t("Outbound proxy"), proxyLine(outboundProxy)));
	if (headerNames.length > 0) lines.push(named(vscode.l10n.t("Extra headers"), listed(headerNames)));
	return lines;
}

function activityLines({ activity, local }: AccountFacts): readonly string[] {
	const lastUsed = activity === undefined ? vscode.l10n.t("not yet in this window") : local.full(activity.lastUsed);
	const lines = [named(vscode.l10n.t("Last used"), escapeMarkdown(lastUsed))];
	if (activity?.lastError) {
		const { at, status, text } = activity.lastError;
		const said = [status === null ? "" : vscode.l10n.t("status {0}", status), text].filter((part) => part !== "");
		lines.push(
			named(vscode.l10n.t("Last error"), `${escapeMarkdown(local.full(at))}: ${escapeMarkdown(said.join(", "))}`),
		);
	}
	return lines;
}

/** Without user and password, which a file edited by hand may hold. */
function proxyLine(outboundProxy: string): string {
	return outboundProxy === noProxy
		? vscode.l10n.t("none, whatever VS Code's settings say")
		: codeSpan(withoutLogin(outboundProxy) ?? "");
}

function named(name: string, value: string): string {
	return `${name}: ${value}`;
}

function listed(parts: readonly string[]): string {
	const shown = parts.slice(0, listLimit).join(", ");
	const more = parts.length - listLimit;
	return more > 0 ? `${shown} ${vscode.l10n.t("and {0} more", more)}` : shown;
}
