import { isDeepStrictEqual } from "node:util";
import * as vscode from "vscode";
import type { Outbound } from "../bridge/protocol.ts";

const section = "http";
const proxySupports = ["off", "on", "fallback", "override"] as const;

/** VS Code's own settings for connections, as they hold for this extension host. */
function read(): Outbound {
	const settings = vscode.workspace.getConfiguration(section);
	const text = (name: string) => {
		const value = settings.get<unknown>(name);
		return typeof value === "string" ? value : "";
	};
	const isOn = (name: string, unknown: boolean) => {
		const value = settings.get<unknown>(name);
		return typeof value === "boolean" ? value : unknown;
	};
	const noProxy = settings.get<unknown>("noProxy");
	const proxySupport = proxySupports.find((known) => known === text("proxySupport")) ?? "override";
	return {
		proxy: text("proxy"),
		noProxy: Array.isArray(noProxy) ? noProxy.filter((entry) => typeof entry === "string") : [],
		proxySupport,
		strictSSL: isOn("proxyStrictSSL", true),
		proxyAuthorization: text("proxyAuthorization") || null,
		systemCertificates: isOn("systemCertificates", true),
		hostMayKnowWay:
			proxySupport !== "off" &&
			isOn("fetchAdditionalSupport", true) &&
			asksWindow(isOn("useLocalProxyConfiguration", true)),
	};
}

/**
 * Whether this extension host asks its window for proxies. A window in a browser knows none. An extension host elsewhere
 * asks only where it is told to use the proxies of the window's machine.
 */
function asksWindow(usesLocalProxies: boolean): boolean {
	return vscode.env.uiKind === vscode.UIKind.Desktop && (vscode.env.remoteName === undefined || usesLocalProxies);
}

/** Follows VS Code's settings for connections. */
export class LiveOutbound implements vscode.Disposable {
	readonly #changes = new vscode.EventEmitter<Outbound>();
	readonly #subscription: vscode.Disposable;
	#current: Outbound = read();

	readonly onDidChange: vscode.Event<Outbound> = this.#changes.event;

	constructor() {
		this.#subscription = vscode.workspace.onDidChangeConfiguration((change) => {
			if (!change.affectsConfiguration(section)) return;
			const next = read();
			if (isDeepStrictEqual(next, this.#current)) return;
			this.#current = next;
			this.#changes.fire(next);
		});
	}

	get current(): Outbound {
		return this.#current;
	}

	dispose(): void {
		this.#subscription.dispose();
		this.#changes.dispose();
	}
}
