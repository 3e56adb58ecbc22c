import type { AuthStyle, Format } from "../accounts/account.ts";
import type { ServedNative } from "./protocol.ts";
import type { Quota } from "./quota.ts";

/** What a relay is asked on the extension's own account, and what comes of it. */

/** Which relay a test or a model list is asked of; need not be saved yet. */
export interface RelayTarget {
	readonly format: Format;
	/** Normalised. */
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly auth: AuthStyle | null;
	readonly headers: Readonly<Record<string, string>>;
	readonly allowedModels: readonly string[] | null;
	readonly modelMap: Readonly<Record<string, string>>;
	/** The saved account's own proxy; null where it has none, or is not saved yet. */
	readonly outboundProxy: string | null;
}

/** Questions that are answered once. */
export type Call =
	| {
			readonly kind: "testRelay";
			readonly target: RelayTarget /** Null: the relay's first. */;
			readonly model: string | null;
	  }
	| { readonly kind: "listModels"; readonly target: RelayTarget }
	/** What is left of a ChatGPT account's plan. */
	| { readonly kind: "askQuota"; readonly target: ServedNative };

/** What a proxy on the way to relays can do wrong. `unusable`: what is set names none that can be used. */
export type ProxyTrouble = "unreachable" | "passwordAsked" | "refused" | "unusable";

/** Why a relay could not be talked to, or what it said instead of an answer. Texts from a relay never hold the key. */
export type RelayFault =
	| { readonly kind: "dns"; readonly host: string }
	| { readonly kind: "refused" /** With its port, where that is not the scheme's own. */; readonly host: string }
	| { readonly kind: "tls"; readonly host: string; readonly code: string }
	| { readonly kind: "timeout"; readonly url: string; readonly seconds: number }
	| { readonly kind: "network"; readonly url: string; readonly code: string }
	/** It was the proxy on the way, named without user and password. The reason is a status or a code; may be empty. */
	| {
			readonly kind: "outboundProxy";
			readonly trouble: ProxyTrouble;
			readonly proxy: string;
			readonly reason: string;
	  }
	| { readonly kind: "keyRefused"; readonly url: string; readonly status: number; readonly message: string }
	| { readonly kind: "wrongPath"; readonly url: string; readonly status: number; readonly message: string }
	| { readonly kind: "html"; readonly url: string; readonly status: number }
	| { readonly kind: "redirect"; readonly url: string; readonly status: number; readonly location: string }
	| { readonly kind: "otherFormat"; readonly url: string; readonly status: number }
	| { readonly kind: "modelRefused"; readonly model: string; readonly status: number; readonly message: string }
	| { readonly kind: "status"; readonly url: string; readonly status: number; readonly message: string }
	/** The account's own allowed models leave it out: the relay was not asked. */
	| { readonly kind: "modelNotAllowed"; readonly model: string }
	| { readonly kind: "noModel" }
	/** The thread that asked has died and is started again. */
	| { readonly kind: "proxyRestarted" }
	| { readonly kind: "cancelled" };

export type TestReport =
	| {
			readonly kind: "ok";
			readonly url: string;
			readonly model: string;
			/** Empty when the reply held no text. */
			readonly firstWords: string;
			readonly milliseconds: number;
	  }
	| RelayFault;

export type ModelsReport =
	| { readonly kind: "ok"; readonly url: string; readonly models: readonly string[] }
	| RelayFault;

export type QuotaReport = { readonly kind: "ok"; readonly quota: Quota } | RelayFault;

export interface CallResults {
	readonly testRelay: TestReport;
	readonly listModels: ModelsReport;
	readonly askQuota: QuotaReport;
}

export type CallResult = CallResults[keyof CallResults];
