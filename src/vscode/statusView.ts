import * as vscode from "vscode";
import type { ProxyState } from "../bridge/protocol.ts";
import { localBaseUrl, portOf } from "./localUrl.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { proxyText } from "./proxyText.ts";

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

export function statusView(state: ProxyState): StatusView {
	const sentence = proxyText(state);
	const click =
		state.kind === "off"
			? vscode.l10n.t("Click to turn the proxy on.")
			: vscode.l10n.t("Click to turn the proxy off in this window.");
	return {
		...face(state),
		tooltip: tooltip(state, sentence, click),
		accessibilityLabel: `Relay Accounts: ${sentence} ${click}`,
	};
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

function tooltip(state: ProxyState, sentence: string, click: string): string {
	const port = portOf(state);
	const answered = state.kind === "listening" || state.kind === "otherWindow";
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
		escapeMarkdown(sentence),
		answered && port !== null ? `${vscode.l10n.t("Base URL")}: ${codeSpan(localBaseUrl(port))}` : null,
		links
			.filter((link) => link !== null)
			.map(([title, command]) => `[${title}](command:${command})`)
			.join(" · "),
		escapeMarkdown(click),
	]
		.filter((paragraph) => paragraph !== null)
		.join("\n\n");
}
