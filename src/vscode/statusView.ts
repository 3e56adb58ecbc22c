import * as vscode from "vscode";
import type { ProxyState } from "../bridge/protocol.ts";
import { isServed } from "../bridge/proxyControl.ts";
import type { AccountsSummary } from "./accountsSummary.ts";
import type { LocalTexts } from "./localTexts.ts";
import { localBaseUrl, portOf } from "./localUrl.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { proxyText } from "./proxyText.ts";
import { restUntilText } from "./restText.ts";

/** What the status bar item shows for a state of the proxy. */
export interface StatusView {
	/** An icon and at most one short word. */
	readonly text: string;
	readonly severity: "normal" | "warning" | "error";
	/** Markdown with command links. */
	readonly tooltip: string;
	/** For screen readers: the state in words, and what a click does. */
	readonly accessibilityLabel: string;
}

/** How many resting accounts are named. */
const restingLimit = 6;

/** The commands that links in the tooltip may run; nothing else is trusted. */
export const tooltipCommands = [
	"relayAccounts.copyBaseUrl",
	"relayAccounts.copyLocalKey",
	"relayAccounts.showAccounts",
	"relayAccounts.showLog",
	"relayAccounts.openSettings",
	"relayAccounts.pickFreePort",
] as const;

type TooltipCommand = (typeof tooltipCommands)[number];

export function statusView(state: ProxyState, accounts: AccountsSummary, local: LocalTexts): StatusView {
	const sentence = proxyText(state);
	const standing = isServed(state) && accounts.total > 0 ? accountsText(accounts) : null;
	const click =
		state.kind === "off" ? vscode.l10n.t("Click to turn the proxy on.") : vscode.l10n.t("Click to turn the proxy off.");
	return {
		...(standing !== null && accounts.usable === 0 ? noneUsable() : face(state)),
		tooltip: tooltip(state, [sentence, standing], standing === null ? [] : restingLines(accounts, local), click),
		accessibilityLabel: ["Relay Accounts:", sentence, standing, click].filter((part) => part !== null).join(" "),
	};
}

function accountsText({ total, usable }: AccountsSummary): string {
	return usable === 0
		? vscode.l10n.t("No account can answer now: all of them are cooling, disabled or without a key.")
		: vscode.l10n.t("Accounts that can answer now: {0} of {1}.", usable, total);
}

/** Who cannot answer, and why. Moments, not spans: nothing has to be written anew while somebody reads it. */
function restingLines({ total, usable, resting }: AccountsSummary, local: LocalTexts): readonly string[] {
	const lines = resting
		.slice(0, restingLimit)
		.map(({ label, rest }) => `${escapeMarkdown(label)}: ${escapeMarkdown(restUntilText(rest, local))}`);
	const more = resting.length - lines.length;
	const others = total - usable - resting.length;
	return [
		...lines,
		...(more > 0 ? [vscode.l10n.t("and {0} more", more)] : []),
		...(usable > 0 && others > 0 ? [vscode.l10n.t("Disabled or without a key: {0}", others)] : []),
	];
}

function noneUsable(): Pick<StatusView, "text" | "severity"> {
	return { text: `$(warning) ${vscode.l10n.t("None usable")}`, severity: "warning" };
}

function face(state: ProxyState): Pick<StatusView, "text" | "severity"> {
	switch (state.kind) {
		case "off":
			return { text: `$(circle-slash) ${vscode.l10n.t("Relay off")}`, severity: "normal" };
		case "starting":
		case "restarting":
			return { text: `$(loading~spin) ${vscode.l10n.t("Relay")}`, severity: "normal" };
		case "listening":
			return { text: `$(radio-tower) ${state.port}`, severity: "normal" };
		case "otherWindow":
			return { text: `$(link) ${state.port}`, severity: "normal" };
		case "portTaken":
			return { text: `$(warning) ${state.port}`, severity: "warning" };
		case "failed":
			return { text: `$(error) ${vscode.l10n.t("Relay")}`, severity: "error" };
	}
}

function tooltip(
	state: ProxyState,
	sentences: readonly (string | null)[],
	resting: readonly string[],
	click: string,
): string {
	const port = portOf(state);
	const links: readonly (readonly [string, TooltipCommand] | null)[] = [
		state.kind === "portTaken" ? [vscode.l10n.t("Pick a Free Port"), "relayAccounts.pickFreePort"] : null,
		[vscode.l10n.t("Copy Base URL"), "relayAccounts.copyBaseUrl"],
		[vscode.l10n.t("Copy Local Key"), "relayAccounts.copyLocalKey"],
		[vscode.l10n.t("Show Accounts"), "relayAccounts.showAccounts"],
		[vscode.l10n.t("Show Log"), "relayAccounts.showLog"],
		[vscode.l10n.t("Open Settings"), "relayAccounts.openSettings"],
	];
	return [
		"**Relay Accounts**",
		...sentences.map((sentence) => (sentence === null ? null : escapeMarkdown(sentence))),
		resting.length === 0 ? null : resting.map((line) => `- ${line}`).join("\n"),
		isServed(state) && port !== null ? `${vscode.l10n.t("Base URL")}: ${codeSpan(localBaseUrl(port))}` : null,
		links
			.filter((link) => link !== null)
			.map(([title, command]) => `[${title}](command:${command})`)
			.join(" · "),
		escapeMarkdown(click),
	]
		.filter((paragraph) => paragraph !== null)
		.join("\n\n");
}
