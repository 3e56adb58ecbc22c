import * as vscode from "vscode";
import type { ProxyState } from "../bridge/protocol.ts";
import { plainText } from "./plainText.ts";

/** How the proxy stands, as one sentence. */
export function proxyText(state: ProxyState): string {
	switch (state.kind) {
		case "off":
			return vscode.l10n.t("The proxy is off.");
		case "starting":
			return vscode.l10n.t("The proxy is starting.");
		case "restarting":
			return vscode.l10n.t("The proxy stopped unexpectedly and is being restarted.");
		case "listening":
			return vscode.l10n.t("The proxy answers on port {0}.", state.port);
		case "otherWindow":
			return vscode.l10n.t("Port {0} is served by another window.", state.port);
		case "portTaken":
			return vscode.l10n.t("Port {0} is used by another program.", state.port);
		case "failed":
			return vscode.l10n.t("The proxy could not start: {0}", plainText(state.message));
	}
}
