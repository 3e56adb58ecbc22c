import * as vscode from "vscode";
import type { RelayFault, TestReport } from "../bridge/relayReports.ts";
import { plainText } from "./plainText.ts";

/** URLs are shown longer than other foreign text: the end of the path is what matters. */
const urlLimit = 400;

/** Why a relay could not be talked to, in words that name the exact fault and what to do. */
export function faultText(fault: RelayFault): string {
	switch (fault.kind) {
		case "dns":
			return vscode.l10n.t(
				"The host {0} was not found. Check the base URL for a typing mistake, and your network.",
				plainText(fault.host),
			);
		case "refused":
			return vscode.l10n.t(
				"{0} refused the connection. Check the port in the base URL, and whether the relay is running.",
				plainText(fault.host),
			);
		case "tls":
			return vscode.l10n.t(
				"No secure connection to {0} could be made ({1}). Its certificate is not trusted here or does not belong to this host.",
				plainText(fault.host),
				plainText(fault.code),
			);
		case "timeout":
			return vscode.l10n.t(
				"No answer came from {0} within {1} seconds. Try again, or check whether the relay is slow or down.",
				plainText(fault.url, urlLimit),
				fault.seconds,
			);
		case "network":
			return vscode.l10n.t(
				"The connection to {0} broke ({1}). Try again, or check your network and proxy settings.",
				plainText(fault.url, urlLimit),
				plainText(fault.code),
			);
		case "outboundProxy":
			return outboundProxyText(fault);
		case "keyRefused":
			return withMessage(
				vscode.l10n.t("The relay refused the API key (status {0}). Enter a valid key.", fault.status),
				fault.message,
			);
		case "wrongPath":
			return withMessage(
				vscode.l10n.t(
					"Nothing answers at {0} (status {1}). Check the path of the base URL, and the format.",
					plainText(fault.url, urlLimit),
					fault.status,
				),
				fault.message,
			);
		case "html":
			return vscode.l10n.t(
				"{0} answered with a web page instead of JSON (status {1}). The base URL may be that of a website, or a sign-in page stands in between.",
				plainText(fault.url, urlLimit),
				fault.status,
			);
		case "redirect":
			return vscode.l10n.t(
				"{0} redirects to {1} (status {2}). A key is never sent along a redirect: if you trust the new address, use it as the base URL.",
				plainText(fault.url, urlLimit),
				plainText(fault.location, urlLimit),
				fault.status,
			);
		case "otherFormat":
			return vscode.l10n.t(
				"{0} answered (status {1}), but not in this format. Choose the format that the relay speaks.",
				plainText(fault.url, urlLimit),
				fault.status,
			);
		case "modelRefused":
			return withMessage(
				vscode.l10n.t(
					"The relay does not allow the model {0} (status {1}). Choose other allowed models.",
					plainText(fault.model),
					fault.status,
				),
				fault.message,
			);
		case "status":
			return withMessage(
				vscode.l10n.t("{0} answered with the error status {1}.", plainText(fault.url, urlLimit), fault.status),
				fault.message,
			);
		case "modelNotAllowed":
			return vscode.l10n.t(
				"The model {0} is not among this account's allowed models, so that no client can use it here. Allow it, or test another one.",
				plainText(fault.model),
			);
		case "proxyRestarted":
			return vscode.l10n.t("The proxy's thread ended before the relay answered. Try again.");
		case "noModel":
			return vscode.l10n.t(
				"There is no model to ask for: the relay lists none. Type a model name under allowed models.",
			);
		case "cancelled":
			return vscode.l10n.t("Cancelled.");
	}
}

function outboundProxyText(fault: Extract<RelayFault, { kind: "outboundProxy" }>): string {
	const proxy = plainText(fault.proxy);
	const reason = plainText(fault.reason);
	switch (fault.trouble) {
		case "unreachable":
			return vscode.l10n.t(
				"The proxy {0} could not be reached ({1}). Check the account’s outbound proxy, VS Code’s setting http.proxy, and your network.",
				proxy,
				reason,
			);
		case "passwordAsked":
			return vscode.l10n.t(
				"The proxy {0} wants another user name and password ({1}). Enter them in VS Code’s setting http.proxy.",
				proxy,
				reason,
			);
		case "refused":
			return vscode.l10n.t(
				"The proxy {0} made no connection to the relay ({1}). Check the base URL, and whether the proxy allows it.",
				proxy,
				reason,
			);
		case "unusable":
			return vscode.l10n.t("The proxy set in {0} cannot be used: it must be an http, https or socks5 URL.", proxy);
	}
}

/** What a test found out: the reply's first words and its time, or the exact fault. */
export function testText(report: TestReport): string {
	if (report.kind !== "ok") return faultText(report);
	const milliseconds = Math.round(report.milliseconds);
	const model = plainText(report.model);
	return report.firstWords === ""
		? vscode.l10n.t("It works: {0} answered in {1} ms without text.", model, milliseconds)
		: vscode.l10n.t("It works: {0} answered in {1} ms: “{2}”", model, milliseconds, plainText(report.firstWords));
}

function withMessage(sentence: string, message: string): string {
	const said = plainText(message);
	return said === "" ? sentence : `${sentence} ${vscode.l10n.t("The relay says: “{0}”", said)}`;
}
